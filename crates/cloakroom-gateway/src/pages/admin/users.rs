//! The list of users.

use maud::{Markup, html};

use crate::accounts::{Email, FoundUsers, Role, State, User, UserFilter};
use crate::pages::Site;
use crate::pages::admin::{Choice, Filter, FilterField, Frame, Table, empty, next_page};
use crate::pages::words::ConsoleWords;

/// Users, by name, or by e-mail address where one is looked for.
#[derive(Debug)]
pub(crate) struct UsersPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// What was looked for.
    pub(crate) filter: &'a UserFilter,
    /// What was found.
    pub(crate) found: &'a FoundUsers,
    /// Where the next page is.
    pub(crate) next: Option<String>,
}

impl UsersPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let content = html! {
            @if self.frame.may_act() {
                p.actions { a.button href="/_cloakroom/admin/new-user" { (words.new_user) } }
            }
            (self.filter(words).render(site))
            (self.list(words))
            (next_page(site, self.next.as_deref()))
        };
        self.frame.page(site, words.users, &content)
    }

    fn filter(&self, words: &'static ConsoleWords) -> Filter<'_> {
        let everything = Choice { value: "", label: words.everything };
        let roles = Role::ALL.map(|role| Choice { value: role.as_str(), label: words.role(role) });
        let states = State::ALL.map(|state| Choice { value: state.as_str(), label: words.state_of(state) });
        let text = |name, label, value, longest| FilterField::Text { name, label, value, longest };
        let choice = |name, label, choices: &[Choice<'static>], chosen| {
            let choices = std::iter::once(everything).chain(choices.iter().copied()).collect();
            FilterField::Choice { name, label, choices, chosen }
        };
        let (role, state) = (self.filter.role.map(Role::as_str), self.filter.state.map(State::as_str));
        let fields = vec![
            text("name", words.name_begins_with, &self.filter.name, 64),
            text("email", words.email_begins_with, &self.filter.email, 254),
            choice("role", words.role_column, &roles, role.unwrap_or_default()),
            choice("state", words.state, &states, state.unwrap_or_default()),
        ];
        Filter { action: "/_cloakroom/admin/users", fields }
    }

    fn list(&self, words: &ConsoleWords) -> Markup {
        if self.found.users.is_empty() {
            let is_over = self.next.is_none();
            return empty(if is_over { words.nobody_found } else { words.nobody_yet_text });
        }
        let columns = [words.user_name, words.email, words.role_column, words.state];
        let rows = self.found.users.iter().map(|user| row(words, user)).collect();
        Table { caption: words.users, columns: &columns, rows }.render()
    }
}

fn row(words: &ConsoleWords, user: &User) -> Vec<Markup> {
    let path = format!("/_cloakroom/admin/users/{}", user.name.canonical());
    vec![
        html! { a href=(path) { (user.name) } },
        html! { (user.profile.email.as_ref().map_or("", Email::as_str)) },
        html! { (words.role(user.role)) },
        html! { (words.state_of(State::of(user))) },
    ]
}
