//! The page behind the one-time link of the first administrator.

use maud::{Markup, html};

use crate::pages::Site;
use crate::pages::fields::{Cursor, Typed, new_password, user_name};
use crate::pages::site::{Width, refusal};

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
        let words = site.words();
        let content = html! {
            p.lead { (words.set_up_text) }
            @if let Some(text) = self.refused { (refusal(text)) }
            form method="post" action=(self.action) {
                (user_name(words, self.username, 64, Typed::of(self.refused), Cursor::Elsewhere))
                (new_password(words, self.length_min))
                button.full type="submit" { (words.create_account) }
            }
        };
        site.page(words.set_up, None, Width::Card, &content)
    }
}

/// What a link shows that does not work any more.
#[derive(Debug)]
pub(crate) struct DeadLinkPage;

impl DeadLinkPage {
    /// The page.
    pub(crate) fn render(site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { (words.dead_link_text) }
            p.quiet { (words.dead_link_hint) }
            a.button.full href="/_cloakroom/login" { (words.to_sign_in) }
        };
        site.page(words.dead_link, None, Width::Card, &content)
    }
}
