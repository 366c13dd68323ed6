//! The account page: one's own sessions.

use std::net::IpAddr;

use maud::{Markup, html};

use crate::pages::icons::{Icon, icon};
use crate::pages::own_events::latest;
use crate::pages::site::{Width, success};
use crate::pages::words::ConsoleWords;
use crate::pages::{FormToken, Instant, OwnEvent, SignedInBy, Site, Words};
use crate::web::UserAgent;

/// A user's own sessions and what can be done about them.
#[derive(Debug)]
pub(crate) struct AccountPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// How they want to be called.
    pub(crate) display_name: Option<&'a str>,
    /// Their e-mail address.
    pub(crate) email: Option<&'a str>,
    /// Their sessions, this one first.
    pub(crate) sessions: Vec<SessionCard>,
    /// The latest of what has happened to the account.
    pub(crate) events: Vec<OwnEvent>,
    /// What proves the forms.
    pub(crate) token: FormToken,
    /// Whether there is a password to change.
    pub(crate) has_password: bool,
    /// Whether the administration is shown to them.
    pub(crate) may_administer: bool,
    /// What has just been done.
    pub(crate) done: Option<Done>,
}

/// What the page may have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// One session is ended.
    Ended,
    /// All but this one are.
    EndedOthers,
    /// The password is another.
    PasswordChanged,
}

/// One session as its owner sees it.
#[derive(Clone, Debug)]
pub(crate) struct SessionCard {
    /// The session ID.
    pub(crate) id: String,
    /// Browser and system.
    pub(crate) agent: UserAgent,
    /// Where it was begun from.
    pub(crate) address: Option<IpAddr>,
    /// Where that is, as far as anybody knows.
    pub(crate) place: Option<String>,
    /// When it was begun.
    pub(crate) created: Instant,
    /// When it was last used.
    pub(crate) last_seen: Instant,
    /// How its user proved who they are.
    pub(crate) by: Option<SignedInBy>,
    /// Whether the page is shown in it.
    pub(crate) is_this_one: bool,
}

impl AccountPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            @if let Some(done) = self.done { (success(done.said(words))) }
            (self.who(words, site.language.console()))
            section aria-labelledby="sessions" {
                div.section-head {
                    div {
                        h2 id="sessions" { (words.sessions) }
                        p.hint { (words.sessions_text) }
                    }
                    @if self.sessions.len() > 1 {
                        form method="post" action="/_cloakroom/account/sessions/revoke-others" {
                            (self.token.field())
                            button.danger type="submit" { (words.end_others) }
                        }
                    }
                }
                ul.cards { @for session in &self.sessions { (self.card(words, session)) } }
            }
            (latest(words, &self.events))
        };
        site.page(words.your_account, Some(self.user), Width::List, &content)
    }

    fn who(&self, words: &Words, console: &ConsoleWords) -> Markup {
        let called = self.display_name.unwrap_or(self.user);
        let initial = called.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        html! {
            div.person {
                span.initial aria-hidden="true" { (initial) }
                div.names {
                    span.called { (called) }
                    @if self.display_name.is_some() { span.quiet { (self.user) } }
                    @if let Some(email) = self.email { span.quiet { (email) } }
                }
                div.actions {
                    @if self.may_administer { a.button.plain href="/_cloakroom/admin" { (console.administration) } }
                    @if self.has_password {
                        a.button.plain href="/_cloakroom/account/password" { (words.change_password) }
                    }
                    form method="post" action="/_cloakroom/logout" {
                        (self.token.field())
                        button type="submit" { (words.sign_out) }
                    }
                }
            }
        }
    }

    fn card(&self, words: &Words, session: &SessionCard) -> Markup {
        let agent = words.named(session.agent);
        html! {
            li.this[session.is_this_one] {
                span.device { (icon(drawn(session.agent))) }
                div.told {
                    p.agent {
                        span { (agent) }
                        @if session.is_this_one { span.badge { (words.this_session) } }
                    }
                    dl.facts {
                        div {
                            dt { (words.signed_in_at) }
                            dd {
                                (session.created.render(words))
                                @if let Some(by) = &session.by { ", " (by.said(words)) }
                            }
                        }
                        div { dt { (words.last_seen) } dd { (session.last_seen.render(words)) } }
                        @if session.address.is_some() {
                            div {
                                dt { (words.address) }
                                dd { (session.whence()) }
                            }
                        }
                    }
                }
                @if !session.is_this_one {
                    form method="post" action={ "/_cloakroom/account/sessions/" (session.id) "/revoke" } {
                        (self.token.field())
                        button.danger type="submit" aria-label=((words.end_session_of)(&agent)) { (words.end_session) }
                    }
                }
            }
        }
    }
}

impl Done {
    /// What the query of the page stands for; fixed words only, since anybody can write a link.
    pub(crate) fn from_query(query: &str) -> Option<Self> {
        [Self::Ended, Self::EndedOthers, Self::PasswordChanged].into_iter().find(|done| done.query() == query)
    }

    /// The query of the page that says so.
    pub(crate) const fn query(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::EndedOthers => "ended_others",
            Self::PasswordChanged => "password",
        }
    }

    const fn said(self, words: &Words) -> &'static str {
        match self {
            Self::Ended => words.session_ended,
            Self::EndedOthers => words.others_ended,
            Self::PasswordChanged => words.password_changed,
        }
    }
}

impl SessionCard {
    /// Browser and system in words.
    pub(super) fn client(&self, words: &Words) -> String {
        words.named(self.agent)
    }

    /// Where it was begun from: about where that is, and the address.
    pub(super) fn whence(&self) -> Markup {
        html! {
            @if let Some(address) = self.address {
                @if let Some(place) = &self.place { (place) ", " }
                span.address { (address) }
            }
        }
    }
}

const fn drawn(agent: UserAgent) -> Icon {
    use crate::web::Device;
    match agent.device() {
        Device::Desk => Icon::Desk,
        Device::Hand => Icon::Phone,
        Device::Program => Icon::Terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;
    use cloakroom::Method;
    use cloakroom::Timestamp;

    fn card(id: &str, is_this_one: bool) -> SessionCard {
        let instant = Instant { at: Timestamp::EPOCH, now: Timestamp::EPOCH };
        SessionCard {
            id: id.to_owned(),
            agent: UserAgent::unknown(),
            address: Some([192, 0, 2, 1].into()),
            place: None,
            created: instant,
            last_seen: instant,
            by: Some(SignedInBy::Method(Method::Password)),
            is_this_one,
        }
    }

    fn render(sessions: Vec<SessionCard>, language: Language) -> String {
        let page = AccountPage {
            user: "<alice>",
            display_name: None,
            email: None,
            sessions,
            events: Vec::new(),
            token: FormToken("t".into()),
            has_password: true,
            may_administer: false,
            done: Done::from_query("ended"),
        };
        page.render(&Site::sample("<site>", language)).into_string()
    }

    #[test]
    fn only_another_session_can_be_ended_by_its_card() {
        let page = render(vec![card("aa", true), card("bb", false)], Language::English);
        assert!(!page.contains("/sessions/aa/revoke"));
        assert!(page.contains("action=\"/_cloakroom/account/sessions/bb/revoke\""));
        assert!(page.contains("/sessions/revoke-others"));
        assert!(!render(vec![card("aa", true)], Language::English).contains("revoke-others"));
    }

    #[test]
    fn what_people_chose_is_escaped() {
        let page = render(vec![], Language::English);
        assert!(page.contains("&lt;alice&gt;") && page.contains("&lt;site&gt;"));
        assert!(!page.contains("<alice>") && !page.contains("<site>"));
    }

    #[test]
    fn nothing_on_a_page_is_inline_or_from_elsewhere() {
        let page = render(vec![card("aa", true), card("bb", false)], Language::English);
        for wrong in ["<style", " style=", " onclick", "http://", "https://", "javascript:"] {
            assert!(!page.contains(wrong), "{wrong}");
        }
        let script = Site::sample("x", Language::English).assets.script.path.clone();
        let script = format!("<script src=\"{script}\"></script>");
        assert_eq!((page.matches("<script").count(), page.matches(&script).count()), (1, 1), "{page}");
    }

    #[test]
    fn a_page_is_in_one_language_and_says_which() {
        let [english, german] =
            Language::ALL.map(|language| render(vec![card("aa", true), card("bb", false)], language));
        assert!(
            english.contains("<html lang=\"en\">") && english.contains("just now</time>, by password"),
            "{english}"
        );
        assert!(
            german.contains("<html lang=\"de\">") && german.contains("gerade eben</time>, mit Passwort"),
            "{german}"
        );
        assert!(german.contains("Die Sitzung ist beendet.") && !german.contains("session is"), "{german}");
    }

    #[test]
    fn how_a_session_was_signed_in_is_told_for_every_method() {
        let words = Language::English.words();
        assert_eq!(SignedInBy::Provider("Main Street".into()).said(words), "by Main Street");
        assert_eq!(SignedInBy::Method(Method::Remembered).said(words), "as a browser that was remembered");
        assert_eq!(SignedInBy::Method(Method::Federated).said(words), "by another system");
    }
}
