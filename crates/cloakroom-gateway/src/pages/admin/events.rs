//! The trail: what happened to everybody, to be searched and followed.

use cloakroom::Timestamp;
use maud::{Markup, html};

use crate::events::{EventKind, EventNumber, RecordedEvent, Severity};
use crate::pages::Site;
use crate::pages::admin::table::row;
use crate::pages::admin::{Choice, Filter, FilterField, Frame, Table, empty, next_page};
use crate::pages::icons::{Icon, icon};
use crate::pages::own_events::because;
use crate::pages::words::WatchWords;
use crate::utc::{rfc3339, rfc3339_millis};
use crate::web::UserAgent;

/// Where the list is.
const PATH: &str = "/_cloakroom/admin/events";

/// Which events are wanted, as it was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct AskedEvents {
    /// The name of a kind, or nothing.
    pub(crate) kind: String,
    /// The name of a user, or nothing.
    pub(crate) user: String,
    /// An address, or nothing.
    pub(crate) address: String,
    /// The first minute, or nothing.
    pub(crate) from: String,
    /// The minute before which, or nothing.
    pub(crate) until: String,
}

/// A page of the trail.
#[derive(Debug)]
pub(crate) struct EventsPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// Which events are wanted.
    pub(crate) asked: &'a AskedEvents,
    /// Whether that is understood.
    pub(crate) is_understood: bool,
    /// The events, the newest first, each with the place of its address as far as anybody knows.
    pub(crate) events: Vec<(RecordedEvent, Option<String>)>,
    /// Where the next page is.
    pub(crate) next: Option<String>,
    /// Behind which event those are that come from now on, where the page shows the newest.
    pub(crate) last: Option<EventNumber>,
}

impl AskedEvents {
    /// The parameters that say so.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("kind", &self.kind),
            ("user", &self.user),
            ("address", &self.address),
            ("from", &self.from),
            ("until", &self.until),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str()))
    }

    /// The address of the list, or of something below it, with these parameters and some more.
    pub(crate) fn href(&self, below: &str, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields()).extend_pairs(more);
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{PATH}{below}{mark}{query}")
    }
}

impl EventsPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.watching();
        let content = html! {
            (self.filter(site).render(site))
            (self.following(words))
            @if !self.is_understood { (empty(words.filter_hint)) }
            @else if self.events.is_empty() { (empty(words.no_such_events)) }
            @else { (self.table(site)) }
            (next_page(site, self.next.as_deref()))
        };
        self.frame.page(site, words.events, &content)
    }

    fn filter(&self, site: &Site) -> Filter<'_> {
        let (words, console) = (site.language.watching(), site.language.console());
        let said =
            |kind: &EventKind| Choice { value: kind.as_str(), label: (site.words().events.kind)(*kind) };
        let mut choices: Vec<Choice<'_>> = EventKind::ALL.iter().map(said).collect();
        choices.sort_by_key(|choice| choice.label);
        choices.insert(0, Choice { value: "", label: console.everything });
        let text = |name, label, value, longest| FilterField::Text { name, label, value, longest };
        let AskedEvents { kind, user, address, from, until } = self.asked;
        Filter {
            action: PATH,
            fields: vec![
                FilterField::Choice { name: "kind", label: words.kind, choices, chosen: kind },
                text("user", console.user_name, user, 64),
                text("address", words.address, address, 45),
                FilterField::Minute { name: "from", label: words.from_time, value: from },
                FilterField::Minute { name: "until", label: words.until_time, value: until },
            ],
        }
    }

    /// The way to what is newer: a link, and where scripts run a button that lets it come by itself.
    fn following(&self, words: &WatchWords) -> Markup {
        html! {
            p.follow {
                a href=(self.asked.href("", &[])) { (words.refresh) }
                @if let Some(last) = self.last {
                    button.plain type="button" hidden aria-pressed="false" data-stream=(self.asked.href("/stream", &[("after", "")]))
                        data-last=(last) data-following=(words.following) data-ended=(words.follow_ended) { (words.follow) }
                    span.hint role="status" {}
                }
            }
        }
    }

    fn table(&self, site: &Site) -> Markup {
        let rows = self.events.iter().map(|(event, place)| cells(site, event, place.as_deref()));
        let (caption, columns) = (site.language.watching().events, columns(site));
        Table { caption, columns: &columns, rows: rows.collect() }.render()
    }
}

/// A row of the list, for a page that is open already.
pub(crate) fn event_row(site: &Site, event: &RecordedEvent, place: Option<&str>) -> Markup {
    row(&columns(site), &cells(site, event, place))
}

pub(super) const fn columns(site: &Site) -> [&'static str; 6] {
    let (words, console) = (site.language.watching(), site.language.console());
    [words.at_time, words.what, console.user_name, words.address, words.by_whom, words.details]
}

pub(super) fn cells(site: &Site, event: &RecordedEvent, place: Option<&str>) -> Vec<Markup> {
    let known = event.kind.parse::<EventKind>().ok();
    let said = known.map_or(event.kind.as_str(), site.words().events.kind);
    let severity = Severity::from_word(&event.severity).unwrap_or(Severity::Info);
    let reason =
        event.reason.as_deref().map(|word| because(site.words(), word).unwrap_or_else(|| word.to_owned()));
    let only = |name: &str, value: &str| {
        let asked = AskedEvents::default();
        asked.href("", &[(name, value)])
    };
    vec![
        html! { time datetime=(rfc3339_millis(event.at)) { (to_the_second(event.at)) } },
        html! {
            span class={ "what is-" (severity) } {
                @if severity >= Severity::Warning { (icon(Icon::Alert)) }
                span { strong { (said) } @if let Some(reason) = reason { ", " (reason) } }
            }
        },
        html! { @if let Some(user) = &event.user { a href=(only("user", user)) { (user) } } },
        html! {
            @if let Some(address) = &event.address {
                a.address href=(only("address", address)) { (address) }
                @if let Some(place) = place { " " (place) }
            }
        },
        html! { (event.actor) },
        details(site, event),
    ]
}

/// What else there is to say, which differs from kind to kind.
fn details(site: &Site, event: &RecordedEvent) -> Markup {
    let agent = event.agent.as_deref().map(|agent| site.words().named(UserAgent::parse(agent)));
    // The first digits tell sessions apart, and the whole is a lot to read.
    let session = event.session.as_deref().and_then(|id| id.get(..8));
    let parts = [event.detail.clone(), event.app.clone(), agent];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    html! {
        (text)
        @if let Some(session) = session { @if !text.is_empty() { " · " } code { (session) } }
    }
}

/// `2026-11-22 01:45:00`
fn to_the_second(at: Timestamp) -> String {
    rfc3339(at).replace('T', " ").trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;
    use crate::pages::{Language, Section};

    fn event() -> RecordedEvent {
        RecordedEvent {
            number: EventNumber::met(7),
            at: Timestamp::from_millis(1_795_311_900_123),
            kind: "sign_in_failed".to_owned(),
            severity: "warning".to_owned(),
            subject: None,
            user: Some("alice".to_owned()),
            session: Some("a70fce1b00000000a70fce1b00000000".to_owned()),
            address: Some("192.0.2.7".to_owned()),
            agent: Some("<script>".to_owned()),
            app: None,
            actor: "stranger".to_owned(),
            reason: Some("provider_not_in_order".to_owned()),
            detail: Some("<b>provider</b>\u{e9}".to_owned()),
            request: None,
            instance: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn a_row_is_the_same_in_the_page_and_in_the_stream_and_nothing_in_it_is_markup() {
        let site = Site::sample("Acme", Language::English);
        let row = event_row(&site, &event(), Some("Zurich")).into_string();
        let frame = Frame { user: "root", role: Role::Auditor, section: Section::Events };
        let page = EventsPage {
            frame,
            asked: &AskedEvents::default(),
            is_understood: true,
            events: vec![(event(), Some("Zurich".to_owned()))],
            next: None,
            last: Some(EventNumber::met(7)),
        };
        let page = page.render(&site).into_string();
        assert!(page.contains(&row), "{row}\n{page}");
        for part in [
            "<time datetime=\"2026-11-22T01:45:00.123Z\">2026-11-22 01:45:00</time>",
            "<strong>Sign-in failed</strong>, provider_not_in_order",
            "href=\"/_cloakroom/admin/events?user=alice\"",
            "&lt;b&gt;provider&lt;/b&gt;\u{e9} · Unknown browser · <code>a70fce1b</code>",
        ] {
            assert!(row.contains(part), "{part}: {row}");
        }
        assert!(!row.contains('\n') && !row.contains("<script>"), "{row}");
        assert!(
            page.contains("data-stream=\"/_cloakroom/admin/events/stream?after=\" data-last=\"7\""),
            "{page}"
        );
    }

    #[test]
    fn what_was_asked_for_stays_in_every_link() {
        let asked = AskedEvents {
            user: "a&b=c".to_owned(),
            from: "2026-11-22T01:45".to_owned(),
            ..AskedEvents::default()
        };
        let href = asked.href("/stream", &[("after", "7")]);
        assert_eq!(href, "/_cloakroom/admin/events/stream?user=a%26b%3Dc&from=2026-11-22T01%3A45&after=7");
        assert_eq!(AskedEvents::default().href("", &[]), PATH);
    }
}
