//! Rules, explained.

use std::fmt::Write as _;

use crate::rules::{self, Rule};

use super::table::wrapped;

/// Everything there is to say about a rule.
pub fn explain(rule: &Rule) -> String {
    let mut text = format!("{} ({})\n", rule.id, rule.severity);
    text += &wrapped(rule.title, 0);
    text.push('\n');
    text += &wrapped(rule.means, 0);
    text.push('\n');
    text += &wrapped(&format!("Fix: {}", rule.fix), 0);
    for (framework, fix) in rule.in_frameworks {
        text += &wrapped(&format!("{}: {fix}", framework.as_str()), 2);
    }
    text.push('\n');
    text += &wrapped(&format!("Source: {}", rule.source), 0);
    text
}

/// A line for each rule.
pub fn list() -> String {
    rules::all().fold(String::new(), |mut text, rule| {
        let title = wrapped(rule.title, 38);
        // Writing into a text cannot fail.
        let _written = write!(text, "{:<6}  {:<28}  {}", rule.severity, rule.id, title.trim_start());
        text
    })
}
