//! What is wrong, where, and how sure that is.

use std::collections::HashMap;

use crate::look::{Exchange, Proof};
use crate::rules::{Certainty, Framework, Rule};

/// Something that is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub rule: &'static Rule,
    /// How sure it is.
    pub certainty: Certainty,
    /// The number of the answer that shows it first; 0 where it is not one answer's.
    pub hop: usize,
    /// The URL of that answer, without query.
    pub url: String,
    /// The cookie, by its name.
    pub cookie: Option<String>,
    /// What was seen, without secrets.
    pub detail: String,
    /// Whose words the fix is best said in.
    pub framework: Option<Framework>,
    /// How often it was seen at this place.
    pub times: usize,
}

impl Finding {
    /// The fix, in the words of the site's framework where one is known.
    pub fn fix(&self) -> &'static str {
        self.framework.and_then(|framework| self.rule.fix_in(framework)).unwrap_or(self.rule.fix)
    }

    /// What stays the same from one audit to the next, for a baseline.
    pub fn fingerprint(&self) -> String {
        format!("{} {} {}", self.rule.id, self.url, self.cookie.as_deref().unwrap_or("-"))
    }
}

/// Collects findings: the same at the same place is one.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    seen: HashMap<(&'static str, String, Option<String>), usize>,
}

/// Where a finding is.
#[derive(Clone, Copy)]
pub(crate) struct Place<'e> {
    pub(crate) hop: usize,
    pub(crate) exchange: &'e Exchange,
}

impl Findings {
    /// Adds what one answer shows.
    pub(crate) fn add(
        &mut self,
        rule: &'static Rule,
        certainty: Certainty,
        place: Place<'_>,
        cookie: Option<&str>,
        detail: impl Into<String>,
    ) {
        let mut url = place.exchange.url.clone();
        url.set_query(None);
        let key = (rule.id, place.exchange.place(), cookie.map(str::to_owned));
        if let Some(at) = self.seen.get(&key) {
            self.list[*at].times += 1;
            return;
        }
        self.seen.insert(key, self.list.len());
        self.list.push(Finding {
            rule,
            certainty,
            hop: place.hop,
            url: url.to_string(),
            cookie: cookie.map(printable),
            detail: printable(&detail.into()),
            framework: None,
            times: 1,
        });
    }

    /// Adds what was tried and worked.
    pub(crate) fn prove(&mut self, proof: &Proof) {
        let mut url = proof.url.clone();
        url.set_query(None);
        self.list.push(Finding {
            rule: proof.rule,
            certainty: Certainty::Proven,
            hop: 0,
            url: url.to_string(),
            cookie: None,
            detail: printable(&proof.detail),
            framework: None,
            times: 1,
        });
    }

    /// Worst first, then in the order of the answers.
    pub(crate) fn into_sorted(mut self, framework: Option<Framework>) -> Vec<Finding> {
        for finding in &mut self.list {
            finding.framework = framework.filter(|framework| finding.rule.fix_in(*framework).is_some());
        }
        self.list
            .sort_by_key(|finding| (std::cmp::Reverse(finding.rule.severity), finding.hop, finding.rule.id));
        self.list
    }
}

/// The longest text of a site's that a finding repeats.
const TEXT_MAX: usize = 120;

/// A text of the site's, fit for a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String =
        text.chars().take(TEXT_MAX).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().count() > TEXT_MAX {
        shown.push('…');
    }
    shown
}
