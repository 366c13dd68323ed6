//! What is wrong, where, and how sure that is.

use std::collections::HashMap;

use crate::look::{Exchange, Proof, printable, url_for_people};
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
    /// How many more there are of the same rule, of other cookies or at other places, which are not listed.
    pub more: usize,
}

/// So many findings of one rule are told apart; a site with more of them has one fault, not as many.
const LIKE_MAX: usize = 200;

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
    /// How many are listed of each rule, and where the last one is.
    like: HashMap<&'static str, (usize, usize)>,
    /// Where each is that was seen.
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
        let key = (rule.id, place.exchange.place(), cookie.map(str::to_owned));
        if let Some(at) = self.seen.get(&key) {
            // One that is not listed was counted when it was new.
            if let Some(finding) = self.list.get_mut(*at) {
                finding.times += 1;
            }
            return;
        }
        let (like, last) = self.like.entry(rule.id).or_default();
        if *like == LIKE_MAX {
            self.list[*last].more += 1;
            self.seen.insert(key, usize::MAX);
            return;
        }
        (*like, *last) = (*like + 1, self.list.len());
        self.seen.insert(key, self.list.len());
        let url = url_for_people(&place.exchange.url);
        let (cookie, detail) = (cookie.map(printable), printable(&detail.into()));
        let hop = place.hop;
        self.list.push(Finding {
            rule,
            certainty,
            hop,
            url,
            cookie,
            detail,
            framework: None,
            times: 1,
            more: 0,
        });
    }

    /// Adds what was tried and worked.
    pub(crate) fn prove(&mut self, proof: &Proof) {
        self.list.push(Finding {
            rule: proof.rule,
            certainty: Certainty::Proven,
            hop: 0,
            url: url_for_people(&proof.url),
            cookie: None,
            detail: printable(&proof.detail),
            framework: None,
            times: 1,
            more: 0,
        });
    }

    /// Worst first, then in the order of the answers. `framework_of` knows who sets a cookie, and who answers where it is none.
    pub(crate) fn into_sorted(
        mut self,
        framework_of: impl Fn(Option<&str>) -> Option<Framework>,
    ) -> Vec<Finding> {
        for finding in &mut self.list {
            let framework = framework_of(finding.cookie.as_deref());
            finding.framework = framework.filter(|framework| finding.rule.fix_in(*framework).is_some());
        }
        self.list
            .sort_by_key(|finding| (std::cmp::Reverse(finding.rule.severity), finding.hop, finding.rule.id));
        self.list
    }
}
