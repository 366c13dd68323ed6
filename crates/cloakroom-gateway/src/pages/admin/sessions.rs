//! The live sessions of everybody.

use maud::{Markup, html};

use crate::pages::admin::session_filter::FilterWords;
use crate::pages::admin::{Frame, Selection, Table, empty, next_page, select_box};
use crate::pages::site::{refusal, success};
use crate::pages::{FormToken, Language, SessionCard, Site};

/// Sessions as they were looked for, and what can be done about them.
#[derive(Debug)]
pub(crate) struct SessionsPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The sessions of this page.
    pub(crate) sessions: Vec<SessionRow<'a>>,
    /// What was looked for.
    pub(crate) filter: FilterWords,
    /// The applications that can be looked for.
    pub(crate) apps: Vec<&'a str>,
    /// How many were looked at, where that were more than were found.
    pub(crate) looked_at: Option<usize>,
    /// Where the next page is.
    pub(crate) next: Option<String>,
    /// What has just been done, or is wrong.
    pub(crate) notice: Option<SessionsNotice>,
    /// What proves the forms.
    pub(crate) token: FormToken,
}

/// One session as those see it who administer it.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow<'a> {
    /// What its owner sees too.
    pub(crate) card: SessionCard,
    /// Whose it is.
    pub(crate) owner: Owner,
    /// The applications that have taken it over.
    pub(crate) apps: Vec<&'a str>,
}

/// Whose a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A user of this name.
    User(String),
    /// Somebody who has no account any more.
    Gone,
    /// Somebody who has not signed in.
    Visitor,
}

/// What the page may have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionsNotice {
    /// The marked sessions are ended.
    Ended,
    /// None was marked.
    NothingMarked,
    /// There was no reason, or none that fits.
    NoReason,
    /// Nobody has the name that was looked for.
    WrongUser,
    /// The address is none.
    WrongAddress,
    /// The application is none.
    WrongApp,
    /// Something else cannot be understood.
    WrongFilter,
}

/// How many sessions a page shows, which keeps it small.
pub(crate) const ROWS: usize = 20;

/// Where what is marked is sent.
pub(super) const END: &str = "/_cloakroom/admin/sessions/end";

/// Where the list is.
pub(crate) const PATH: &str = "/_cloakroom/admin/sessions";

impl SessionsPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.sessions();
        let may_act = self.frame.may_act();
        let list = html! {
            @if !self.sessions.is_empty() { (self.table(site)) }
            @else if self.next.is_some() { (empty(words.none_here_text)) }
            @else { (empty(words.none_found)) }
        };
        let content = html! {
            @if let Some(notice) = self.notice { (notice.said(site.language)) }
            (self.filter.form(site, PATH, &self.apps))
            @if may_act && !self.sessions.is_empty() {
                (Selection { action: END, token: &self.token, button: words.end_marked }
                    .render(site, &html! { (self.filter.hidden()) (list) }))
            } @else { (list) }
            @if let Some(looked_at) = self.looked_at { p.hint { ((words.looked_at)(looked_at)) } }
            (next_page(site, self.next.as_deref()))
            @if may_act {
                p.pages {
                    @if !self.filter.is_empty() {
                        a.button.plain href={ (PATH) "/end-matching" (self.filter.query(&[])) } { (words.end_matching) }
                        " "
                    }
                    a.button.plain href={ (PATH) "/end-everyones" } { (words.end_everyones) }
                    " "
                    a href={ (PATH) "/endings" } { (words.endings) }
                }
            }
        };
        self.frame.page(site, words.sessions, &content)
    }

    fn table(&self, site: &Site) -> Markup {
        let (own, words) = (site.language.words(), site.language.sessions());
        let columns =
            [words.user, words.browser, own.address, words.begun, own.last_seen, words.signed_in, words.apps];
        // Without applications at origins of their own nothing would stand in the last column.
        let shown = if self.apps.is_empty() { columns.len() - 1 } else { columns.len() };
        let rows = self.sessions.iter().map(|session| {
            let mut cells = session.cells(site, self.frame.may_act());
            cells.truncate(shown);
            cells
        });
        Table { caption: words.sessions, columns: &columns[..shown], rows: rows.collect() }.render()
    }
}

impl SessionRow<'_> {
    fn cells(&self, site: &Site, may_act: bool) -> Vec<Markup> {
        let (own, words) = (site.language.words(), site.language.sessions());
        let card = &self.card;
        let owner = self.owner.said(site.language);
        vec![
            html! {
                @if may_act && !card.is_this_one { (select_box("session", &card.id, &(words.mark)(owner))) " " }
                a href={ (PATH) "/" (card.id) } { (owner) }
                @if card.is_this_one { " " span.badge { (own.this_session) } }
            },
            html! { (card.client(own)) },
            card.whence(),
            card.created.render(own),
            card.last_seen.render(own),
            html! { @if let Some(by) = &card.by { (by.said(own)) } },
            html! { (self.apps.join(", ")) },
        ]
    }
}

impl Owner {
    /// The owner in words.
    pub(crate) fn said(&self, language: Language) -> &str {
        match self {
            Self::User(name) => name,
            Self::Gone => language.sessions().nobody_known,
            Self::Visitor => language.sessions().visitor,
        }
    }
}

impl SessionsNotice {
    const ALL: [Self; 3] = [Self::Ended, Self::NothingMarked, Self::NoReason];

    /// What a query stands for; fixed words only, since anybody can write a link.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.word() == word)
    }

    /// What is wrong with this word of a filter.
    pub(crate) fn of_field(field: &str) -> Self {
        match field {
            "user" => Self::WrongUser,
            "address" => Self::WrongAddress,
            "app" => Self::WrongApp,
            _ => Self::WrongFilter,
        }
    }

    /// The word for it in a query.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::NothingMarked => "nothing_marked",
            Self::NoReason => "no_reason",
            _ => "",
        }
    }

    fn said(self, language: Language) -> Markup {
        let words = language.sessions();
        match self {
            Self::Ended => success(words.ended_text),
            Self::NothingMarked => refusal(words.nothing_marked_text),
            Self::NoReason => refusal(words.no_reason_text),
            Self::WrongUser => refusal(words.wrong_user_text),
            Self::WrongAddress => refusal(words.wrong_address_text),
            Self::WrongApp => refusal(words.wrong_app_text),
            Self::WrongFilter => refusal(words.wrong_filter_text),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use cloakroom::{Method, Timestamp};

    use super::*;
    use crate::accounts::Role;
    use crate::pages::admin::Section;
    use crate::pages::{Instant, SignedInBy};
    use crate::web::UserAgent;

    pub(crate) fn row(number: usize) -> SessionRow<'static> {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let instant = Instant { at, now: at };
        let card = SessionCard {
            id: format!("{number:032x}"),
            agent: UserAgent::parse("Mozilla/5.0 (Windows NT 10.0) SamsungBrowser/25.0"),
            address: Some("2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap()),
            place: Some("Frankfurt am Main, Deutschland".to_owned()),
            created: instant,
            last_seen: instant,
            by: Some(SignedInBy::Method(Method::Remembered)),
            is_this_one: number == 0,
        };
        SessionRow { card, owner: Owner::User(format!("user{number:08}")), apps: vec!["wiki"] }
    }

    fn page(role: Role, language: Language, rows: usize) -> String {
        let page = SessionsPage {
            frame: Frame { user: "root", role, section: Section::Sessions },
            sessions: (0..rows).map(row).collect(),
            filter: FilterWords(vec![("older", "7d".to_owned())]),
            apps: vec!["wiki", "shop"],
            looked_at: Some(5000),
            next: Some(format!("{PATH}?after=x")),
            notice: None,
            token: FormToken("t".repeat(64)),
        };
        page.render(&Site::sample("Acme", language)).into_string()
    }

    #[test]
    fn a_full_page_and_what_it_loads_have_less_than_45_kilobytes() {
        let site = Site::sample("Acme", Language::German);
        let loaded = site.assets.style.content.len() + site.assets.script.content.len();
        let page = page(Role::Administrator, Language::German, ROWS);
        assert!(page.len() + loaded < 45 * 1024, "{} and {loaded}", page.len());
    }

    #[test]
    fn every_session_but_this_one_can_be_marked_and_an_auditor_marks_none() {
        let administrator = page(Role::Administrator, Language::English, 2);
        assert_eq!(administrator.matches("type=\"checkbox\"").count(), 1, "{administrator}");
        assert!(administrator.contains("/end-matching?older=7d"), "{administrator}");
        let auditor = page(Role::Auditor, Language::English, 2);
        assert!(
            !auditor.contains("checkbox")
                && !auditor.contains("method=\"post\"")
                && !auditor.contains("/end")
        );
        assert!(auditor.contains("5000 sessions were looked at"), "{auditor}");
    }

    #[test]
    fn a_page_that_found_nothing_says_whether_the_next_one_may() {
        assert!(page(Role::Auditor, Language::English, 0).contains("The next page goes on looking."));
    }
}
