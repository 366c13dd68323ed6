//! One session of anybody: what is known of it, and what happened to it.

use maud::{Markup, html};

use crate::events::RecordedEvent;
use crate::pages::admin::events::{cells, columns};
use crate::pages::admin::sessions::{END, PATH, SessionRow};
use crate::pages::admin::{Frame, Table, empty, needed_reason_field};
use crate::pages::{FormToken, Instant, Site};

/// One session.
#[derive(Debug)]
pub(crate) struct OneSessionPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The session.
    pub(crate) session: SessionRow<'a>,
    /// When it ends if nothing more is sent.
    pub(crate) expires: Instant,
    /// What was recorded of it lately, the latest first.
    pub(crate) events: &'a [RecordedEvent],
    /// What proves the form.
    pub(crate) token: FormToken,
}

impl OneSessionPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.sessions();
        let card = &self.session.card;
        let content = html! {
            div.panel {
                (self.facts(site))
                @if card.is_this_one { p.hint { (words.this_one_text) } }
                @else if self.frame.may_act() {
                    form method="post" action=(END) {
                        (self.token.field())
                        input type="hidden" name="session" value=(card.id);
                        (needed_reason_field(site, "reason"))
                        button.danger type="submit" { (words.end_this) }
                    }
                }
            }
            section aria-labelledby="events" {
                h2 id="events" { (words.events_of_it) }
                @if self.events.is_empty() { (empty(words.no_events_text)) } @else { (self.table(site)) }
            }
            p.after { a href=(PATH) { (words.all_sessions) } }
        };
        self.frame.page(site, words.one_session, &content)
    }

    fn facts(&self, site: &Site) -> Markup {
        let (own, words) = (site.words(), site.language.sessions());
        let card = &self.session.card;
        let fact = |name: &str, value: Markup| html! { div { dt { (name) } dd { (value) } } };
        html! {
            dl.facts {
                (fact(words.user, html! { (self.session.owner.said(site.language)) }))
                (fact(words.browser, html! { (card.client(own)) }))
                @if card.address.is_some() { (fact(own.address, card.whence())) }
                (fact(words.begun, card.created.render(own)))
                (fact(own.last_seen, card.last_seen.render(own)))
                (fact(words.ends, self.expires.render_exactly(own)))
                @if let Some(by) = &card.by { (fact(words.signed_in, html! { (by.said(own)) })) }
                @if !self.session.apps.is_empty() { (fact(words.apps, html! { (self.session.apps.join(", ")) })) }
                (fact(words.session_id, html! { code { (card.id) } }))
            }
        }
    }

    fn table(&self, site: &Site) -> Markup {
        let (words, columns) = (site.language.sessions(), columns(site));
        let row = |event: &RecordedEvent| cells(site, event, None);
        Table { caption: words.events_of_it, columns: &columns, rows: self.events.iter().map(row).collect() }
            .render()
    }
}
