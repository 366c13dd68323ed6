//! One user, for those who administer them.

use maud::{Markup, html};

use crate::accounts::{DisplayName, Email, Group, Identity, State, User};
use crate::events::{EventKind, RecordedEvent};
use crate::pages::admin::{Frame, Section, Table, empty};
use crate::pages::own_events::because;
use crate::pages::site::success;
use crate::pages::words::ConsoleWords;
use crate::pages::{Instant, Site};

/// What is known of a user.
#[derive(Debug)]
pub(crate) struct UserPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The user.
    pub(crate) user: &'a User,
    /// Who they are at providers.
    pub(crate) identities: &'a [Identity],
    /// How many sessions are open.
    pub(crate) sessions: usize,
    /// What happened last, the newest first.
    pub(crate) events: &'a [RecordedEvent],
    /// What has just been done.
    pub(crate) done: Option<UserDone>,
    /// When the page is made.
    pub(crate) now: cloakroom::Timestamp,
}

/// What the page may have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserDone {
    /// What applications are told is another.
    Saved,
    /// The role is another.
    Role,
    /// The account is disabled.
    Disabled,
    /// It is enabled again.
    Enabled,
}

impl UserPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let change = format!("/_cloakroom/admin/users/{}/change", self.user.name.canonical());
        let sessions = format!("{}?user={}", Section::Sessions.path(), self.user.name.canonical());
        let all_events = format!("{}?user={}", Section::Events.path(), self.user.name.canonical());
        let content = html! {
            @if let Some(done) = self.done { (success(done.said(words))) }
            div.panel {
                dl.facts { (self.facts(site, words)) }
                @if self.frame.may_act() { p.actions { a.button href=(change) { (words.change) } } }
            }
            section aria-labelledby="sessions" {
                h2 id="sessions" { (words.sessions) }
                p { a href=(sessions) { ((words.live_sessions)(self.sessions)) } }
            }
            section aria-labelledby="events" {
                h2 id="events" { (words.recent_events) }
                (self.events(site, words))
                p.pages { a href=(all_events) { (words.all_events) } }
            }
            p.after { a href="/_cloakroom/admin/users" { (words.back_to_users) } }
        };
        self.frame.page(site, self.user.name.as_typed(), &content)
    }

    fn facts(&self, site: &Site, words: &ConsoleWords) -> Markup {
        let (user, profile) = (self.user, &self.user.profile);
        let at = |at| Instant { at, now: self.now }.render(site.words());
        let groups: Vec<&str> = profile.groups.iter().map(Group::as_str).collect();
        let password = if user.has_password {
            at(user.password_changed_at)
        } else {
            html! { (words.not_yet) }
        };
        html! {
            (fact(words.role_column, &html! { (words.role(user.role)) }))
            (fact(words.state, &html! { (words.state_of(State::of(user))) }))
            @if let Some(since) = user.disabled_at { (fact(words.disabled_since, &at(since))) }
            @if let Some(name) = &profile.display_name { (fact(words.display_name, &html! { (DisplayName::as_str(name)) })) }
            @if let Some(email) = &profile.email { (fact(words.email, &html! { (Email::as_str(email)) })) }
            @if !groups.is_empty() { (fact(words.groups, &html! { (groups.join(", ")) })) }
            @for identity in self.identities {
                (fact(words.identities, &html! { (identity.issuer()) " (" code { (identity.subject()) } ")" }))
            }
            (fact(words.created, &at(user.created_at)))
            (fact(words.password_set, &password))
            (fact(words.number, &html! { code { (user.id) } }))
        }
    }

    fn events(&self, site: &Site, words: &ConsoleWords) -> Markup {
        if self.events.is_empty() {
            return empty(words.no_events);
        }
        let row = |event: &RecordedEvent| {
            let known = event.kind.parse::<EventKind>().ok();
            let said = known.map_or(event.kind.as_str(), site.words().events.kind);
            let reason = event.reason.as_deref();
            let reason = reason.map(|word| because(site.words(), word).unwrap_or_else(|| word.to_owned()));
            vec![
                Instant { at: event.at, now: self.now }.render(site.words()),
                html! { (said) @if let Some(reason) = reason { ", " (reason) } },
                html! { (event.actor) },
                html! { (event.detail.as_deref().unwrap_or_default()) },
            ]
        };
        let columns = [words.when, words.what, words.by_whom, words.more];
        let rows = self.events.iter().map(row).collect();
        Table { caption: words.recent_events, columns: &columns, rows }.render()
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

impl UserDone {
    const ALL: [Self; 4] = [Self::Saved, Self::Role, Self::Disabled, Self::Enabled];

    /// What the query of the page stands for; fixed words only, since anybody can write a link.
    pub(crate) fn from_query(query: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.query() == query)
    }

    /// The query of the page that says so.
    pub(crate) const fn query(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Role => "role",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }

    const fn said(self, words: &ConsoleWords) -> &'static str {
        match self {
            Self::Saved => words.done_saved,
            Self::Role => words.done_role,
            Self::Disabled => words.done_disabled,
            Self::Enabled => words.done_enabled,
        }
    }
}
