//! The page behind the one-time link of the first administrator.

use maud::{Markup, html};

use crate::pages::Site;
use crate::pages::layout::{Width, new_password_fields, refusal};

/// The form that makes the first administrator.
#[derive(Debug)]
pub(crate) struct SetupPage<'a> {
    /// Where the form is posted: the link itself.
    pub(crate) action: &'a str,
    /// The name typed so far.
    pub(crate) username: &'a str,
    /// The fewest characters of the password.
    pub(crate) length_min: usize,
    /// Why the last attempt was not taken.
    pub(crate) refused: Option<&'a str>,
}

impl SetupPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "You are setting up this site. Choose the name and password of its first administrator." }
                @if let Some(text) = self.refused { (refusal(text)) }
                form method="post" action=(self.action) {
                    div.field {
                        label for="username" { "User name" }
                        input type="text" id="username" name="username" value=(self.username) autocomplete="username"
                            autocapitalize="none" spellcheck="false" required maxlength="64";
                    }
                    (new_password_fields(self.length_min))
                    button.full type="submit" { "Create the account" }
                }
            }
        };
        site.page("Set up", None, Width::Form, &content)
    }
}

/// What a link shows that does not work any more.
#[derive(Debug)]
pub(crate) struct DeadLinkPage;

impl DeadLinkPage {
    /// The page.
    pub(crate) fn render(site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "A set-up link works once, and for 15 minutes." }
                p.quiet { "If nobody has an account here yet, start cloakroom again: it prints a new link." }
                a.button href="/_cloakroom/login" { "Go to sign-in" }
            }
        };
        site.page("This link does not work any more", None, Width::Form, &content)
    }
}
