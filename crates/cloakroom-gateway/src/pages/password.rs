//! The pages that ask for the password again, and for a new one.

use maud::{Markup, html};

use crate::apps::Destination;
use crate::pages::fields::{Cursor, Typed, current_password, known_user, new_password};
use crate::pages::provider::provider_buttons;
use crate::pages::site::{Width, destination_field, refusal};
use crate::pages::{FormToken, ProviderLink, Site, Words};

/// The form of a new password.
#[derive(Debug)]
pub(crate) struct PasswordPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// The fewest characters.
    pub(crate) length_min: usize,
    /// What proves the form.
    pub(crate) token: FormToken,
    /// Why the last attempt was not taken.
    pub(crate) refused: Option<&'a str>,
}

impl PasswordPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p.lead { (words.other_sessions_end) }
            @if let Some(text) = self.refused { (refusal(text)) }
            form method="post" action="/_cloakroom/account/password" {
                (self.token.field())
                (known_user(self.user))
                (current_password(words, words.current_password, Typed::of(self.refused), Cursor::Here))
                (new_password(words, self.length_min))
                button.full type="submit" { (words.change_password) }
            }
            p.after { a href="/_cloakroom/account" { (words.back_to_account) } }
        };
        site.page(words.change_password, Some(self.user), Width::Card, &content)
    }
}

/// The form that asks again for the password.
#[derive(Debug)]
pub(crate) struct ReauthenticatePage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// Where to go afterwards.
    pub(crate) next: Option<&'a Destination>,
    /// What proves the form.
    pub(crate) token: FormToken,
    /// Why the last attempt was not taken.
    pub(crate) refused: Option<&'a str>,
    /// Whether there is a password to ask for.
    pub(crate) has_password: bool,
    /// Whether something was sent that was not taken.
    pub(crate) lost: bool,
    /// Who else can say that it is the user.
    pub(crate) providers: Vec<ProviderLink>,
}

impl ReauthenticatePage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            @if self.lost { (refusal(words.proof_too_old_text)) } @else { p { (words.is_it_you_text) } }
            @if let Some(text) = self.refused { (refusal(text)) }
            @if self.has_password { (self.password_form(words)) }
            @if self.has_password && !self.providers.is_empty() { p.or { span { (words.or) } } }
            (provider_buttons(words.go_on_with, &self.providers))
            @if !self.has_password && self.providers.is_empty() { p { (words.no_proof) } }
        };
        site.page(words.is_it_you, Some(self.user), Width::Card, &content)
    }

    fn password_form(&self, words: &Words) -> Markup {
        html! {
            form method="post" action="/_cloakroom/reauthenticate" {
                (self.token.field())
                (known_user(self.user))
                (current_password(words, words.password, Typed::of(self.refused), Cursor::Here))
                (destination_field(self.next))
                button.full type="submit" { (words.go_on) }
            }
        }
    }
}
