//! What has happened to one's own account: the latest on the account page, and everything on a page of its own.

use std::net::IpAddr;

use maud::{Markup, html};

use crate::events::{EventCursor, EventKind, Severity};
use crate::pages::icons::{Icon, icon};
use crate::pages::site::Width;
use crate::pages::{Instant, SignedInBy, Site, Words};
use crate::web::UserAgent;

/// Something that happened, as the user sees it whom it is about.
#[derive(Clone, Debug)]
pub(crate) struct OwnEvent {
    /// What happened: a kind, or the name of one that only a newer release knows.
    pub(crate) what: Result<EventKind, String>,
    /// When.
    pub(crate) at: Instant,
    /// Why, in the trail's word.
    pub(crate) reason: Option<String>,
    /// Who did it, where that was somebody else.
    pub(crate) by: Option<Other>,
    /// From where, where it was not somebody else who has a right to be elsewhere.
    pub(crate) address: Option<IpAddr>,
    /// Where that is, as far as anybody knows.
    pub(crate) place: Option<String>,
    /// By which browser and system.
    pub(crate) agent: Option<UserAgent>,
    /// At which application.
    pub(crate) app: Option<String>,
}

/// Somebody who may act on the accounts of others. Who it was, and from where, is not for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// Another user, or a command.
    Administrator,
    /// A service, by its key.
    Service,
    /// A provider.
    Provider,
}

/// The page with everything.
#[derive(Debug)]
pub(crate) struct OwnEventsPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// Some of what happened, the newest first.
    pub(crate) events: Vec<OwnEvent>,
    /// Whether these are the newest.
    pub(crate) is_first: bool,
    /// The place behind the last one, when there are more.
    pub(crate) next: Option<EventCursor>,
}

impl OwnEventsPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            @if self.events.is_empty() { p.hint { (words.no_events) } } @else { (list(words, &self.events)) }
            nav.pager aria-label=(words.all_account_events) {
                a href="/_cloakroom/account" { (words.back_to_account) }
                @if !self.is_first { a href="/_cloakroom/account/events" { (words.newest) } }
                @if let Some(next) = self.next { a href={ "/_cloakroom/account/events?cursor=" (next) } rel="next" { (words.older) } }
            }
        };
        site.page(words.all_account_events, Some(self.user), Width::List, &content)
    }
}

/// The section of the account page: the latest.
pub(super) fn latest(words: &Words, events: &[OwnEvent]) -> Markup {
    html! {
        section aria-labelledby="events" {
            div.section-head {
                div {
                    h2 id="events" { (words.account_events) }
                    p.hint { (words.account_events_text) }
                }
            }
            @if events.is_empty() {
                p.hint { (words.no_events) }
            } @else {
                (list(words, events))
                p.after-list { a href="/_cloakroom/account/events" { (words.all_account_events) } }
            }
        }
    }
}

fn list(words: &Words, events: &[OwnEvent]) -> Markup {
    html! { ul.log { @for event in events { (event.line(words)) } } }
}

impl OwnEvent {
    fn line(&self, words: &Words) -> Markup {
        let severity = self.what.as_ref().map_or(Severity::Info, |kind| kind.severity());
        let said = self.what.as_ref().map_or_else(String::as_str, |kind| (words.events.kind)(*kind));
        html! {
            li class={ "is-" (severity) } {
                p.what {
                    @if severity >= Severity::Warning { (icon(Icon::Alert)) }
                    span {
                        strong { (said) }
                        @if let Some(reason) = self.reason.as_deref().and_then(|word| because(words, word)) { ", " (reason) }
                    }
                }
                p.when { (self.at.render(words)) }
                @if self.has_facts() { (self.facts(words)) }
            }
        }
    }

    const fn has_facts(&self) -> bool {
        self.address.is_some() || self.agent.is_some() || self.app.is_some() || self.by.is_some()
    }

    fn facts(&self, words: &Words) -> Markup {
        html! {
            dl.facts {
                @if let Some(address) = self.address {
                    div {
                        dt { (words.address) }
                        dd {
                            @if let Some(place) = &self.place { (place) ", " }
                            span.address { (address) }
                        }
                    }
                }
                @if let Some(agent) = self.agent { div { dt { (words.events_with) } dd { (words.named(agent)) } } }
                @if let Some(app) = &self.app { div { dt { (words.events_app) } dd { (app) } } }
                @if let Some(by) = self.by { div { dt { (words.events_by) } dd { (by.said(words)) } } }
            }
        }
    }
}

impl Other {
    const fn said(self, words: &Words) -> &'static str {
        match self {
            Self::Administrator => words.by_administrator,
            Self::Service => words.by_a_service,
            Self::Provider => words.by_the_provider,
        }
    }
}

/// A reason of the trail in words: how somebody signed in, or why something happened.
pub(super) fn because(words: &Words, reason: &str) -> Option<String> {
    let method = SignedInBy::of_word(reason).map(|by| by.said(words));
    method.or_else(|| (words.events.reason)(reason).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use cloakroom::Timestamp;

    use super::*;
    use crate::pages::Language;

    fn event(what: EventKind, reason: &str) -> OwnEvent {
        OwnEvent {
            what: Ok(what),
            at: Instant { at: Timestamp::EPOCH, now: Timestamp::EPOCH },
            reason: Some(reason.to_owned()),
            by: None,
            address: Some([192, 0, 2, 7].into()),
            place: None,
            agent: Some(UserAgent::parse(
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            )),
            app: None,
        }
    }

    fn rendered(events: &[OwnEvent], language: Language) -> String {
        latest(language.words(), events).into_string()
    }

    #[test]
    fn an_event_is_told_in_words_with_its_reason_and_where_it_came_from() {
        let events =
            [event(EventKind::SignedIn, "password"), event(EventKind::SignInFailed, "wrong_password")];
        let english = rendered(&events, Language::English);
        for said in [
            "<strong>Signed in</strong>, by password",
            "<strong>Sign-in failed</strong>, wrong password",
            "192.0.2.7",
            "Firefox on Linux",
        ] {
            assert!(english.contains(said), "{said}: {english}");
        }
        let german = rendered(&events, Language::German);
        assert!(
            german.contains("<strong>Angemeldet</strong>, mit Passwort")
                && german.contains("Firefox auf Linux"),
            "{german}"
        );
    }

    #[test]
    fn a_word_that_only_programs_know_is_left_out_and_a_kind_of_a_newer_release_is_named() {
        let mut event = event(EventKind::SignedIn, "provider_not_in_order");
        event.what = Err("teleported".to_owned());
        let page = rendered(&[event], Language::English);
        assert!(page.contains("<strong>teleported</strong></span>"), "{page}");
    }
}
