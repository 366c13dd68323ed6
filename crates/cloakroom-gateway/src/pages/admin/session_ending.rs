//! Ending many sessions: what is asked before, and how far it is.

use maud::{Markup, html};

use crate::installation::{BulkOutcome, Counted};
use crate::pages::admin::session_filter::FilterWords;
use crate::pages::admin::sessions::PATH;
use crate::pages::admin::{Frame, Table, empty, needed_reason_field};
use crate::pages::site::refusal;
use crate::pages::{FormToken, Instant, Language, Site};

/// Whether all that are like this are to end.
#[derive(Debug)]
pub(crate) struct EndMatchingPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// Which sessions.
    pub(crate) filter: FilterWords,
    /// How many there are.
    pub(crate) counted: Counted,
    /// What was wrong with the answer before.
    pub(crate) refused: Option<EndingRefused>,
    /// What proves the form.
    pub(crate) token: FormToken,
}

/// Whether everybody's sessions are to end.
#[derive(Debug)]
pub(crate) struct EndEveryonesPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// What was wrong with the answer before.
    pub(crate) refused: Option<EndingRefused>,
    /// What proves the form.
    pub(crate) token: FormToken,
}

/// What this instance has begun to end.
#[derive(Debug)]
pub(crate) struct EndingsPage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The latest first.
    pub(crate) endings: Vec<EndingRow>,
}

/// What is being ended, or was.
#[derive(Clone, Debug)]
pub(crate) struct EndingRow {
    /// Since when.
    pub(crate) begun: Instant,
    /// Who has asked for it.
    pub(crate) by: String,
    /// Which sessions.
    pub(crate) filter: FilterWords,
    /// Why.
    pub(crate) reason: String,
    /// How many so far.
    pub(crate) ended: u64,
    /// How it came to its end.
    pub(crate) outcome: Option<BulkOutcome>,
}

/// Why many sessions are not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndingRefused {
    /// There was no reason, or none that fits.
    NoReason,
    /// The box is not ticked.
    NotSure,
    /// Others are still being ended.
    Busy,
}

impl EndingRefused {
    fn said(self, language: Language) -> Markup {
        let words = language.sessions();
        refusal(match self {
            Self::NoReason => words.no_reason_text,
            Self::NotSure => words.not_sure_text,
            Self::Busy => words.busy_text,
        })
    }
}

impl EndMatchingPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.sessions();
        let counted = match self.counted {
            Counted::All(count) => (words.so_many)(count),
            Counted::AtLeast(count) => (words.at_least)(count),
        };
        let content = html! {
            div.panel {
                @if let Some(refused) = self.refused { (refused.said(site.language)) }
                (self.filter.told(site.language))
                p { strong { (counted) } }
                p { (words.end_matching_text) }
                form method="post" action={ (PATH) "/end-matching" } {
                    (self.token.field())
                    (self.filter.hidden())
                    (needed_reason_field(site, "reason"))
                    button.danger type="submit" { (words.end_them) }
                }
            }
            p.after { a href={ (PATH) (self.filter.query(&[])) } { (words.all_sessions) } }
        };
        self.frame.page(site, words.end_matching_question, &content)
    }
}

impl EndEveryonesPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.sessions();
        let content = html! {
            div.panel {
                @if let Some(refused) = self.refused { (refused.said(site.language)) }
                p { (words.end_everyones_text) }
                form method="post" action={ (PATH) "/end-everyones" } {
                    (self.token.field())
                    p {
                        input type="checkbox" id="sure" name="sure" value="yes" required;
                        " "
                        label for="sure" { (words.end_everyones_sure) }
                    }
                    (needed_reason_field(site, "reason"))
                    button.danger type="submit" { (words.end_everyones) }
                }
            }
            p.after { a href=(PATH) { (words.all_sessions) } }
        };
        self.frame.page(site, words.end_everyones_question, &content)
    }
}

impl EndingsPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let (own, words, console) = (site.words(), site.language.sessions(), site.language.console());
        let columns =
            [words.begun, words.by_whom, words.which, console.reason, words.ended_column, console.state];
        let row = |ending: &EndingRow| {
            let state = match ending.outcome {
                None => words.under_way,
                Some(BulkOutcome::Done) => words.done,
                Some(BulkOutcome::Failed) => words.broke_off,
            };
            vec![
                ending.begun.render(own),
                html! { (ending.by) },
                ending.filter.told(site.language),
                html! { (ending.reason) },
                html! { (ending.ended) },
                html! { (state) },
            ]
        };
        let content = html! {
            p { (words.endings_text) }
            @if self.endings.is_empty() { (empty(words.no_endings_text)) }
            @else {
                (Table { caption: words.endings, columns: &columns, rows: self.endings.iter().map(row).collect() }.render())
            }
            p.after { a href=(PATH) { (words.all_sessions) } }
        };
        self.frame.page(site, words.endings, &content)
    }
}
