//! SARIF 2.1.0.

use serde_json::{Value, json};

use crate::rules::{self, Rule, Severity};

use super::format::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let rules: Vec<&'static Rule> = rules::all().collect();
    let results: Vec<Value> = report
        .verdict
        .findings
        .iter()
        .map(|finding| {
            let cookie = finding.cookie.as_ref().map_or_else(String::new, |cookie| format!("{cookie}: "));
            let text = format!("{}. {cookie}{}. {}", finding.rule.title, finding.detail, finding.fix());
            json!({
                "ruleId": finding.rule.id,
                "ruleIndex": rules.iter().position(|rule| rule.id == finding.rule.id),
                "level": level(finding.rule.severity),
                "message": { "text": text },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": finding.url } } }],
                "partialFingerprints": { "cloakroomAudit/v1": finding.fingerprint() },
                "baselineState": if report.baseline.knows(finding) { "unchanged" } else { "new" },
            })
        })
        .collect();
    let rules: Vec<Value> = rules.iter().map(|rule| self::rule(rule)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cloakroom audit",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "invocations": [{ "executionSuccessful": true, "endTimeUtc": report.look.at.rfc3339() }],
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.means },
        "help": { "text": format!("{} Source: {}.", rule.fix, rule.source) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "security-severity": score(rule.severity), "tags": ["security"] },
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// What code hosts sort by.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.5",
    }
}
