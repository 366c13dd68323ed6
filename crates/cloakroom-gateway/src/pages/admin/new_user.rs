//! The form of a new user.

use maud::{Markup, html};

use crate::accounts::{Role, UserName};
use crate::pages::admin::user_fields::{field, role_field};
use crate::pages::admin::{Frame, TypedUser};
use crate::pages::site::refusal;
use crate::pages::{FormToken, Site};

/// Who is to have an account.
#[derive(Debug)]
pub(crate) struct NewUserPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The name typed so far.
    pub(crate) name: &'a str,
    /// What else was.
    pub(crate) typed: &'a TypedUser,
    /// The role that is chosen.
    pub(crate) role: Role,
    /// What proves the form.
    pub(crate) token: FormToken,
    /// Why the last attempt was not taken.
    pub(crate) refused: Option<&'a str>,
}

impl NewUserPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let content = html! {
            @if let Some(text) = self.refused { (refusal(text)) }
            div.panel.one {
                p.lead { (words.new_user_text) }
                form method="post" action="/_cloakroom/admin/new-user" {
                    (self.token.field())
                    (field("username", words.user_name, self.name, UserName::LEN_MAX, None))
                    (self.typed.fields(words))
                    (role_field(words, self.role))
                    button type="submit" { (words.create) }
                }
            }
            p.after { a href="/_cloakroom/admin/users" { (words.back_to_users) } }
        };
        self.frame.page(site, words.new_user, &content)
    }
}
