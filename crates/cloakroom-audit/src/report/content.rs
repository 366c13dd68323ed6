//! A report: what was seen and found, and what counts.

use crate::checks::{Finding, Verdict};
use crate::look::Look;
use crate::rules::Severity;

use super::baseline::Baseline;

/// What was seen and found, and what counts.
#[derive(Debug)]
pub struct Report<'r> {
    /// What was seen.
    pub look: &'r Look,
    /// What was found.
    pub verdict: &'r Verdict,
    /// From which severity on a finding fails the audit; `None` for never.
    pub fail_on: Option<Severity>,
    /// What was known before.
    pub baseline: Baseline,
}

impl Report<'_> {
    /// How many findings fail the audit.
    pub fn failures(&self) -> usize {
        self.verdict.findings.iter().filter(|finding| self.fails(finding)).count()
    }

    /// Whether a finding fails the audit: bad enough, and new.
    pub(super) fn fails(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|from| finding.rule.severity >= from) && !self.baseline.knows(finding)
    }

    /// How many cookies were kept, of how many.
    pub(super) fn kept(&self) -> (usize, usize) {
        let offers = &self.verdict.offers;
        (offers.iter().filter(|offer| offer.outcome.is_ok()).count(), offers.len())
    }
}
