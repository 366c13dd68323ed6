//! The account page: one's own sessions.

use std::net::IpAddr;

use maud::{Markup, html};

use crate::pages::layout::Width;
use crate::pages::{FormToken, Instant, Site};
use crate::web::UserAgent;

/// A user's own sessions and what can be done about them.
#[derive(Debug)]
pub(crate) struct AccountPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// Their sessions, this one first.
    pub(crate) sessions: Vec<SessionCard>,
    /// What proves the forms.
    pub(crate) token: FormToken,
    /// Whether there is a password to change.
    pub(crate) has_password: bool,
    /// What has just been done.
    pub(crate) done: Option<&'static str>,
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
    /// When it was begun.
    pub(crate) created: Instant,
    /// When it was last used.
    pub(crate) last_seen: Instant,
    /// Whether the page is shown in it.
    pub(crate) is_this_one: bool,
}

impl AccountPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            @if let Some(done) = self.done { p.notice role="status" { (done) } }
            div.row.spread {
                @if self.has_password { a href="/_cloakroom/account/password" { "Change password" } }
                form method="post" action="/_cloakroom/logout" {
                    (self.token.field())
                    button.slim type="submit" { "Sign out" }
                }
            }
            h2 { "Where you are signed in" }
            ul.cards { @for session in &self.sessions { (self.card(session)) } }
            @if self.sessions.len() > 1 {
                form.apart method="post" action="/_cloakroom/account/sessions/revoke-others" {
                    (self.token.field())
                    button.danger type="submit" { "End all other sessions" }
                }
            }
        };
        site.page("Your account", Some(self.user), Width::List, &content)
    }

    fn card(&self, session: &SessionCard) -> Markup {
        html! {
            li.this[session.is_this_one] {
                div {
                    span.device { (session.agent.to_string()) }
                    @if session.is_this_one { span.badge { "This one" } }
                    dl.facts {
                        div { dt { "Signed in" } dd { (session.created) } }
                        div { dt { "Last seen" } dd { (session.last_seen) } }
                        @if let Some(address) = session.address {
                            div { dt { "Address" } dd { (address) } }
                        }
                    }
                }
                @if !session.is_this_one {
                    form method="post" action={ "/_cloakroom/account/sessions/" (session.id) "/revoke" } {
                        (self.token.field())
                        button.danger.slim type="submit" aria-label={ "End the session of " (session.agent.to_string()) } {
                            "End session"
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloakroom::Timestamp;

    fn card(id: &str, is_this_one: bool) -> SessionCard {
        let instant = Instant { at: Timestamp::EPOCH, now: Timestamp::EPOCH };
        SessionCard {
            id: id.to_owned(),
            agent: UserAgent::unknown(),
            address: None,
            created: instant,
            last_seen: instant,
            is_this_one,
        }
    }

    fn render(sessions: Vec<SessionCard>) -> String {
        let page = AccountPage {
            user: "<alice>",
            sessions,
            token: FormToken("t".into()),
            has_password: true,
            done: None,
        };
        page.render(&Site { name: "<site>".into() }).into_string()
    }

    #[test]
    fn only_another_session_can_be_ended_by_its_card() {
        let page = render(vec![card("aa", true), card("bb", false)]);
        assert!(!page.contains("/sessions/aa/revoke"));
        assert!(page.contains("action=\"/_cloakroom/account/sessions/bb/revoke\""));
        assert!(page.contains("/sessions/revoke-others"));
        assert!(!render(vec![card("aa", true)]).contains("revoke-others"));
    }

    #[test]
    fn what_people_chose_is_escaped() {
        let page = render(vec![]);
        assert!(page.contains("&lt;alice&gt;") && page.contains("&lt;site&gt;"));
        assert!(!page.contains("<alice>") && !page.contains("<site>"));
    }

    #[test]
    fn nothing_on_a_page_is_inline_or_from_elsewhere() {
        let page = render(vec![card("aa", true), card("bb", false)]);
        for wrong in ["<style", " style=", " onclick", "http://", "https://", "javascript:"] {
            assert!(!page.contains(wrong), "{wrong}");
        }
        let guard = format!("<script src=\"{}\"></script>", crate::pages::GUARD.path);
        assert_eq!((page.matches("<script").count(), page.matches(&guard).count()), (1, 1), "{page}");
    }
}
