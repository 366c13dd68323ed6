//! What was known before: findings that no longer fail an audit.

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use crate::checks::Finding;

use super::json::SCHEMA;

/// Findings of an earlier audit.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    fingerprints: BTreeSet<String>,
}

/// It is no JSON report of this version.
#[derive(Debug, Error)]
pub enum InvalidBaseline {
    /// Not JSON.
    #[error("the baseline is not JSON")]
    Json(#[from] serde_json::Error),
    /// Of another program, or another version.
    #[error("the baseline is no report of the schema {SCHEMA}")]
    Schema,
}

impl Baseline {
    /// Reads what `--format json` wrote.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseline> {
        let report: Value = serde_json::from_str(text)?;
        let findings = report.get("findings").and_then(Value::as_array).ok_or(InvalidBaseline::Schema)?;
        if report["schema"] != SCHEMA {
            return Err(InvalidBaseline::Schema);
        }
        let fingerprints = findings.iter().filter_map(|one| Some(one["fingerprint"].as_str()?.to_owned()));
        Ok(Self { fingerprints: fingerprints.collect() })
    }

    pub(super) fn knows(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint())
    }
}
