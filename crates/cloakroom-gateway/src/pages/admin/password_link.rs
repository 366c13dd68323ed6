//! A link by which a user sets a password, shown to whoever made it, this once.

use maud::{Markup, html};

use crate::accounts::User;
use crate::pages::Site;
use crate::pages::admin::Frame;
use crate::pages::site::success;

/// The link.
#[derive(Debug)]
pub(crate) struct PasswordLinkPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// Whose it is.
    pub(crate) user: &'a User,
    /// The whole URL.
    pub(crate) url: &'a str,
    /// Whether the account was made with it.
    pub(crate) is_new: bool,
}

impl PasswordLinkPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let user = format!("/_cloakroom/admin/users/{}", self.user.name.canonical());
        let lasts = if self.user.has_password { words.link_for_an_hour } else { words.link_for_a_day };
        let content = html! {
            @if self.is_new { (success(words.done_created)) }
            div.panel.one {
                div.field {
                    label for="link" { ((words.of_user)(words.link, self.user.name.as_typed())) }
                    input type="text" id="link" value=(self.url) readonly autocomplete="off" aria-describedby="link-hint";
                    p.hint id="link-hint" { (lasts) }
                }
                p { (words.link_text) }
            }
            p.after { a href=(user) { (words.back_to_user) } }
        };
        self.frame.page(site, words.link, &content)
    }
}
