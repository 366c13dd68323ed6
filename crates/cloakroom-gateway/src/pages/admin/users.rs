//! The list of users.

use maud::{Markup, html};

use crate::accounts::{Email, User};
use crate::pages::Site;
use crate::pages::admin::{Frame, Table, empty, next_page};

/// Users, by name.
#[derive(Debug)]
pub(crate) struct UsersPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The users of this page.
    pub(crate) users: &'a [User],
    /// Where the next page is.
    pub(crate) next: Option<String>,
}

impl UsersPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let columns = [words.user_name, words.role_column, words.state, words.email];
        let row = |user: &User| {
            let state = if user.disabled_at.is_some() { words.disabled } else { words.enabled };
            let email = user.profile.email.as_ref().map_or("", Email::as_str);
            vec![
                html! { (user.name) },
                html! { (words.role(user.role)) },
                html! { (state) },
                html! { (email) },
            ]
        };
        let rows: Vec<_> = self.users.iter().map(row).collect();
        let content = html! {
            @if rows.is_empty() { (empty(words.nobody_found)) }
            @else { (Table { caption: words.users, columns: &columns, rows }.render()) }
            (next_page(site, self.next.as_deref()))
        };
        self.frame.page(site, words.users, &content)
    }
}
