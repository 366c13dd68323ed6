//! What was found, rule by rule.

use cloakroom_gateway::config::Settings;
use serde_json::{Value, json};

use super::prescription::Prescription;

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is kept.
    Kept,
    /// It is broken: what was seen, and what the line that mends it has in it.
    Broken { seen: String, mended_by: String },
    /// It could not be looked at.
    NotSeen(&'static str),
}

impl Finding {
    /// That a rule is kept, or what was seen instead, and what the line that mends it has in it.
    pub(super) fn of(seen: Result<(), String>, mended_by: &str) -> Self {
        match seen {
            Ok(()) => Self::Kept,
            Err(seen) => Self::Broken { seen, mended_by: mended_by.to_owned() },
        }
    }
}

/// What was found, rule by rule.
#[derive(Debug)]
pub(super) struct Report {
    findings: Vec<(&'static str, &'static str, Finding)>,
    prescription: Prescription,
}

impl Report {
    pub(super) fn new(settings: &Settings, proxy: Option<String>) -> Self {
        Self { findings: Vec::new(), prescription: Prescription::new(settings, proxy) }
    }

    /// Notes what became of a rule: its name, and what it is in a few words.
    pub(super) fn note(&mut self, rule: &'static str, what: &'static str, finding: Finding) {
        self.findings.push((rule, what, finding));
    }

    /// Notes that a rule is kept, or what was seen instead.
    pub(super) fn judge(
        &mut self,
        rule: &'static str,
        what: &'static str,
        mended_by: &str,
        seen: Result<(), String>,
    ) {
        self.note(rule, what, Finding::of(seen, mended_by));
    }

    /// How many rules are broken.
    pub(super) fn broken(&self) -> usize {
        self.findings.iter().filter(|(.., finding)| matches!(finding, Finding::Broken { .. })).count()
    }

    pub(super) fn text(&self) -> String {
        let lines = self.findings.iter().map(|(rule, what, finding)| match finding {
            Finding::Kept => format!("kept    {rule:<9}  {what}\n"),
            Finding::NotSeen(why) => format!("unseen  {rule:<9}  {what}: {why}\n"),
            Finding::Broken { seen, mended_by } => {
                let line = self.prescription.line(mended_by);
                format!("BROKEN  {rule:<9}  {what}\n          seen: {seen}\n          mend: {line}\n")
            }
        });
        lines.collect::<Vec<_>>().concat()
    }

    pub(super) fn json(&self) -> Value {
        let rows = self.findings.iter().map(|(rule, what, finding)| match finding {
            Finding::Kept => json!({ "rule": rule, "what": what, "finding": "kept" }),
            Finding::NotSeen(why) => json!({ "rule": rule, "what": what, "finding": "unseen", "why": why }),
            Finding::Broken { seen, mended_by } => json!({
                "rule": rule,
                "what": what,
                "finding": "broken",
                "seen": seen,
                "mend": self.prescription.line(mended_by),
            }),
        });
        rows.collect()
    }
}
