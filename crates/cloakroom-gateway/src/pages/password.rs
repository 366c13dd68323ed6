//! The pages that ask for the password again, and for a new one.

use maud::{Markup, html};

use crate::apps::Destination;
use crate::pages::layout::{Width, destination_field, new_password_fields, refusal};
use crate::pages::provider::provider_buttons;
use crate::pages::{FormToken, ProviderLink, Site};

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
        let content = html! {
            div.panel {
                @if let Some(text) = self.refused { (refusal(text)) }
                form method="post" action="/_cloakroom/account/password" {
                    (self.token.field())
                    // Password managers learn from it whose password changes.
                    input type="text" name="username" value=(self.user) autocomplete="username" hidden readonly;
                    div.field {
                        label for="password" { "Current password" }
                        input type="password" id="password" name="password" autocomplete="current-password" required
                            maxlength="1024";
                    }
                    (new_password_fields(self.length_min))
                    button.full type="submit" { "Change password" }
                }
                p.hint { "All your other sessions end." }
            }
            p.small.apart { a href="/_cloakroom/account" { "Back to your account" } }
        };
        site.page("Change password", Some(self.user), Width::Form, &content)
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
    /// Who else can say that it is the user.
    pub(crate) providers: Vec<ProviderLink>,
}

impl ReauthenticatePage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "Please prove again that it is you: what you are about to do needs a recent proof." }
                @if let Some(text) = self.refused { (refusal(text)) }
                @if self.has_password { (self.password_form()) }
                (provider_buttons("Go on with", &self.providers))
                @if !self.has_password && self.providers.is_empty() {
                    p { "Your account has no password, and nobody else can say that it is you. Whoever runs this site can help." }
                }
            }
        };
        site.page("Is it you?", Some(self.user), Width::Form, &content)
    }

    fn password_form(&self) -> Markup {
        html! {
            form method="post" action="/_cloakroom/reauthenticate" {
                (self.token.field())
                input type="text" name="username" value=(self.user) autocomplete="username" hidden readonly;
                div.field {
                    label for="password" { "Password" }
                    input type="password" id="password" name="password" autocomplete="current-password" required
                        autofocus maxlength="1024";
                }
                (destination_field(self.next))
                button.full type="submit" { "Go on" }
            }
        }
    }
}
