//! The pages of signing in and out.

use maud::{Markup, html};

use crate::apps::Destination;
use crate::pages::layout::{TOO_MANY, Width, destination_field, refusal};
use crate::pages::provider::provider_buttons;
use crate::pages::{FormToken, ProviderLink, Site};

/// The sign-in form.
#[derive(Debug)]
pub(crate) struct SignInPage<'a> {
    /// Where to go afterwards.
    pub(crate) next: Option<&'a Destination>,
    /// What to say above the form.
    pub(crate) notice: Option<SignInNotice>,
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
        let content = html! {
            div.panel {
                @match self.notice {
                    Some(SignInNotice::Failed) => (refusal("The user name or the password is not right.")),
                    Some(SignInNotice::TooMany) => (refusal(TOO_MANY)),
                    Some(SignInNotice::Unavailable) => (refusal(
                        "Your password cannot be checked right now, which says nothing about whether it is right. Please try again in a moment."
                    )),
                    Some(SignInNotice::SetUp) => p.notice role="status" { "Your account is ready. Please sign in." },
                    Some(SignInNotice::NotSent) => (refusal(
                        "You were signed out, so what you sent was not taken. Please sign in and send it again."
                    )),
                    None => {}
                }
                form method="post" action="/_cloakroom/login" {
                    div.field {
                        label for="username" { "User name" }
                        input type="text" id="username" name="username" autocomplete="username" autocapitalize="none"
                            spellcheck="false" required autofocus maxlength="256";
                    }
                    div.field {
                        label for="password" { "Password" }
                        input type="password" id="password" name="password" autocomplete="current-password" required
                            maxlength="1024";
                    }
                    @if let Some(days) = self.remembered_days {
                        div.choice {
                            input type="checkbox" id="remember" name="remember" value="1";
                            label for="remember" {
                                "Remember this browser for " (days) @if days == 1 { " day" } @else { " days" }
                            }
                        }
                    }
                    (destination_field(self.next))
                    button.full type="submit" { "Sign in" }
                }
                (provider_buttons("Sign in with", &self.providers))
            }
        };
        site.page("Sign in", None, Width::Form, &content)
    }
}

/// The question before a sign-out, since a link alone must not do it.
#[derive(Debug)]
pub(crate) struct SignOutPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// What proves the form.
    pub(crate) token: FormToken,
}

impl SignOutPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "You are signed in as " strong { (self.user) } "." }
                form method="post" action="/_cloakroom/logout" {
                    (self.token.field())
                    button.full type="submit" { "Sign out" }
                }
            }
        };
        site.page("Sign out?", Some(self.user), Width::Form, &content)
    }
}

/// What is shown once nobody is signed in.
#[derive(Debug)]
pub(crate) struct SignedOutPage;

impl SignedOutPage {
    /// The page.
    pub(crate) fn render(site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "This browser has no session here any more." }
                a.button href="/_cloakroom/login" { "Sign in again" }
            }
        };
        site.page("You are signed out", None, Width::Form, &content)
    }
}
