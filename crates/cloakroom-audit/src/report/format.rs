//! A report, and the ways to write it.

use std::str::FromStr;

use crate::checks::{Finding, Verdict};
use crate::look::Look;
use crate::rules::Severity;

use super::baseline::Baseline;
use super::{html, json, junit, sarif, table};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal of 80 columns.
    Table,
    /// For programs; its schema has a version.
    Json,
    /// SARIF 2.1.0, which code hosts show beside the code.
    Sarif,
    /// `JUnit`, which pipelines show beside their tests.
    Junit,
    /// One page for browsers.
    Html,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "table" => Self::Table,
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            "junit" => Self::Junit,
            "html" => Self::Html,
            _ => return Err(()),
        })
    }
}

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
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Table => table::render(self),
            Format::Json => json::render(self),
            Format::Sarif => sarif::render(self),
            Format::Junit => junit::render(self),
            Format::Html => html::render(self),
        }
    }

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
