//! What is written down, and what the auditor says.

use std::fmt::Write as _;

use cloakroom_audit::rules;
use cloakroom_gateway::EventKind;
use cloakroom_test_servers::reference_page;

use super::table::{cell, code, page, table};

#[test]
fn the_reference_has_every_kind_of_event() {
    let rows = EventKind::ALL
        .iter()
        .map(|kind| [code(kind.as_str()), kind.severity().as_str().to_owned(), cell(kind.about().trim())]);
    let lead = "Every kind of event in the audit trail, in the order in which they are explained. What else an event says, how long events are kept and how they \
                leave the gateway is in [events and metrics](../events-and-metrics.md).";
    let body = table(["event", "severity", "what happened"], rows);
    reference_page("events.md", &page("Events", lead, &body));
}

#[test]
fn the_reference_has_every_rule_of_the_auditor() {
    let mut body = table(
        ["rule", "severity", "what it is"],
        rules::all().map(|rule| {
            [format!("[`{0}`](#{0})", rule.id), rule.severity.as_str().to_owned(), cell(rule.title)]
        }),
    );
    for rule in rules::all() {
        write!(
            body,
            "\n## {}\n\n{} ({}).\n\n{}\n\n{}\n\n",
            rule.id,
            cell(rule.title),
            rule.severity,
            cell(rule.means),
            cell(rule.fix)
        )
        .unwrap();
        for (framework, fix) in rule.in_frameworks {
            writeln!(body, "- {}: {}", framework.as_str(), code(fix)).unwrap();
        }
        if !rule.in_frameworks.is_empty() {
            body.push('\n');
        }
        writeln!(body, "Source: {}.", cell(rule.source.trim_end_matches('.'))).unwrap();
    }
    let lead = "Every rule of `cloakroom audit`: what it means, and what to do. `cloakroom audit --explain RULE` says the same. How the auditor works is in \
                [the auditor](../auditor.md).";
    reference_page("audit-rules.md", &page("Audit rules", lead, &body));
}
