//! `JUnit`: a test for each rule, which fails where a finding fails the audit.

use std::fmt::Write as _;

use crate::checks::Finding;
use crate::look::url_for_people;
use crate::rules;

use super::content::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut cases = String::new();
    let mut failed = 0;
    let total = rules::all().count();
    for rule in rules::all() {
        let found: Vec<&Finding> = report
            .verdict
            .findings
            .iter()
            .filter(|one| one.rule.id == rule.id && report.fails(one))
            .collect();
        let end = if found.is_empty() { "/>" } else { ">" };
        // Writing into a text cannot fail.
        let _written =
            writeln!(cases, "    <testcase classname=\"cloakroom.audit\" name=\"{}\"{end}", rule.id);
        if found.is_empty() {
            continue;
        }
        failed += 1;
        let lines: Vec<String> = found
            .iter()
            .map(|one| {
                let cookie = one.cookie.as_deref().unwrap_or("-");
                format!("{} {cookie}: {}. {}", one.url, one.detail, one.fix())
            })
            .collect();
        let _written = write!(
            cases,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
            rule.severity,
            escape(rule.title),
            escape(&lines.join("\n")),
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{total}\" \
         failures=\"{failed}\" errors=\"0\" timestamp=\"{}\">\n{cases}  </testsuite>\n</testsuites>\n",
        escape(&url_for_people(&report.look.target)),
        report.look.at.rfc3339(),
    )
}

/// For text and attributes; what XML cannot hold is replaced.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}
