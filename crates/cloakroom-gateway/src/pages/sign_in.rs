//! The pages of signing in and out.

use maud::{Markup, html};

use crate::apps::Destination;
use crate::pages::fields::{Cursor, Typed, current_password, user_name};
use crate::pages::provider::provider_buttons;
use crate::pages::site::{Width, destination_field, refusal, success};
use crate::pages::{FormToken, ProviderLink, Site};

/// The sign-in form.
#[derive(Debug)]
pub(crate) struct SignInPage<'a> {
    /// Where to go afterwards.
    pub(crate) next: Option<&'a Destination>,
    /// What to say above the form.
    pub(crate) notice: Option<SignInNotice>,
    /// The name that was typed before.
    pub(crate) username: &'a str,
    /// Other ways to sign in.
    pub(crate) providers: Vec<ProviderLink>,
    /// For how many days this browser is remembered, if users may ask for it.
    pub(crate) remembered_days: Option<u16>,
}

/// What the sign-in page may have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignInNotice {
    /// Name or password were wrong, or the account is disabled: it does not say which.
    Failed,
    /// Too many passwords were wrong, and no more are looked at for a while.
    TooMany,
    /// Whoever knows the password cannot be asked.
    Unavailable,
    /// The first administrator exists now.
    SetUp,
    /// A form was on its way when the session had ended.
    NotSent,
}

impl SignInPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let typed = if self.notice == Some(SignInNotice::Failed) { Typed::Refused } else { Typed::Fresh };
        let (at_name, at_password) = match self.username {
            "" => (Cursor::Here, Cursor::Elsewhere),
            _ => (Cursor::Elsewhere, Cursor::Here),
        };
        let content = html! {
            @if let Some(app) = self.next.and_then(Destination::app_name) {
                p.lead { ((words.on_the_way_to)(app)) }
            }
            @match self.notice {
                Some(SignInNotice::Failed) => (refusal(words.wrong_credentials)),
                Some(SignInNotice::TooMany) => (refusal(words.too_many)),
                Some(SignInNotice::Unavailable) => (refusal(words.not_checked)),
                Some(SignInNotice::SetUp) => (success(words.account_ready)),
                Some(SignInNotice::NotSent) => (refusal(words.not_sent)),
                None => {}
            }
            form method="post" action="/_cloakroom/login" data-resume {
                (user_name(words, self.username, 256, typed, at_name))
                (current_password(words, words.password, typed, at_password))
                @if let Some(days) = self.remembered_days {
                    p {
                        input type="checkbox" id="remember" name="remember" value="1";
                        " "
                        label for="remember" { ((words.remember)(days)) }
                    }
                }
                (destination_field(self.next))
                button.full type="submit" { (words.sign_in) }
            }
            @if !self.providers.is_empty() { p.or { span { (words.or) } } }
            (provider_buttons(words.sign_in_with, &self.providers))
        };
        site.page(words.sign_in, None, Width::Card, &content)
    }
}

/// The question before a sign-out, since a link alone must not do it.
#[derive(Debug)]
pub(crate) struct SignOutPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// What proves the form.
    pub(crate) token: FormToken,
    /// Where to go as whoever signs in next.
    pub(crate) next: Option<&'a Destination>,
}

impl SignOutPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { ((words.signed_in_as)(self.user)) }
            form method="post" action="/_cloakroom/logout" {
                (self.token.field())
                (destination_field(self.next))
                button.full type="submit" { (words.sign_out) }
            }
            p.after { a href="/_cloakroom/account" { (words.back_to_account) } }
        };
        site.page(words.sign_out_question, Some(self.user), Width::Card, &content)
    }
}

/// What is shown once nobody is signed in.
#[derive(Debug)]
pub(crate) struct SignedOutPage;

impl SignedOutPage {
    /// The page.
    pub(crate) fn render(site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { (words.signed_out_text) }
            a.button.full href="/_cloakroom/login" { (words.sign_in_again) }
        };
        site.page(words.signed_out, None, Width::Card, &content)
    }
}
