//! The page behind a one-time link by which a user sets a password.

use maud::{Markup, html};

use crate::pages::Site;
use crate::pages::fields::{known_user, new_password};
use crate::pages::site::{Width, refusal};

/// The form of the password.
#[derive(Debug)]
pub(crate) struct ResetPage<'a> {
    /// Where the form is posted: the link itself.
    pub(crate) action: &'a str,
    /// Whose password it is.
    pub(crate) user: &'a str,
    /// The fewest characters of the password.
    pub(crate) length_min: usize,
    /// Why the last attempt was not taken.
    pub(crate) refused: Option<&'a str>,
}

impl ResetPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { ((words.password_of)(self.user)) }
            p.quiet { (words.set_password_text) }
            @if let Some(text) = self.refused { (refusal(text)) }
            form method="post" action=(self.action) {
                (known_user(self.user))
                (new_password(words, self.length_min))
                button.full type="submit" { (words.set_password) }
            }
        };
        site.page(words.set_password, None, Width::Card, &content)
    }
}

/// What such a link shows that does not work any more.
#[derive(Debug)]
pub(crate) struct DeadResetLinkPage;

impl DeadResetLinkPage {
    /// The page.
    pub(crate) fn render(site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { (words.dead_reset_link_text) }
            a.button.full href="/_cloakroom/login" { (words.to_sign_in) }
        };
        site.page(words.dead_link, None, Width::Card, &content)
    }
}
