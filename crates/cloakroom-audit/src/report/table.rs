//! For a terminal of 80 columns.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::checks::Finding;
use crate::rules::{Framework, Severity};

use super::content::Report;
use super::json::protocol;

/// How wide a line may be, in columns: a letter of Chinese takes two.
const WIDTH: usize = 80;

/// How much of a hop's URL is shown. URLs are ASCII.
const URL_COLUMNS: usize = 54;

/// Where the texts of a finding begin.
const INDENT: usize = 8;

/// Cookies beyond this are counted rather than listed.
pub(super) const COOKIES_MAX: usize = 12;

/// Places of one finding beyond this likewise.
pub(super) const SEEN_MAX: usize = 20;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    head(report, &mut text);
    cookies(report, &mut text);
    for group in report.groups() {
        self::group(&group, report, &mut text);
    }
    text.push('\n');
    text.push_str(&wrapped(&summary(report), 0));
    text
}

fn head(report: &Report<'_>, text: &mut String) {
    for (hop, exchange) in report.look.hops() {
        let protocol = protocol(exchange.protocol).unwrap_or_default();
        let url = cut(&format!("{}{}", exchange.place(), exchange.url.path()), URL_COLUMNS);
        line(text, &format!("{hop:>3}  {url:<URL_COLUMNS$}  {}  {protocol}", exchange.status));
    }
    for note in &report.look.notes {
        text.push_str(&wrapped(&format!("note: {note}"), 5));
    }
    let (kept, offered) = report.kept();
    let framework = report.verdict.framework.map(Framework::as_str);
    let by = framework.map_or_else(String::new, |framework| format!("; sessions by {framework}"));
    if offered > 0 {
        text.push_str(&wrapped(&format!("{kept} of {offered} cookies kept by browsers{by}"), 5));
    } else {
        text.push_str(&wrapped("no cookies", 5));
    }
}

/// A line for each session cookie.
fn cookies(report: &Report<'_>, text: &mut String) {
    let sessions = report.sessions();
    for (name, says) in sessions.iter().take(COOKIES_MAX) {
        text.push_str(&wrapped(&format!("{}: {says}", cut(name, 30)), 5));
    }
    if sessions.len() > COOKIES_MAX {
        text.push_str(&wrapped(&format!("and {} more", sessions.len() - COOKIES_MAX), 5));
    }
}

/// Findings of one meaning and one fix.
fn group(group: &[&Finding], report: &Report<'_>, text: &mut String) {
    let first = group[0];
    let severity = first.rule.severity.as_str().to_uppercase();
    text.push('\n');
    let known = if report.baseline.knows(first) { ", known" } else { "" };
    line(text, &format!("{severity:<INDENT$}{}, {}{known}", first.rule.id, first.certainty.as_str()));
    text.push_str(&wrapped(&capital(first.rule.title), INDENT));
    let mut label = "seen";
    for finding in group.iter().take(SEEN_MAX) {
        labelled(text, label, &seen(finding));
        label = "";
    }
    let more = more(group);
    if more > 0 {
        labelled(text, "", &format!("and {more} more"));
    }
    labelled(text, "means", first.rule.means);
    let by = first.framework.map_or_else(String::new, |framework| format!("{}: ", framework.as_str()));
    labelled(text, "fix", &(by + first.fix()));
}

/// How many of a group are not listed.
pub(super) fn more(group: &[&Finding]) -> usize {
    group.len().saturating_sub(SEEN_MAX) + group.iter().map(|finding| finding.more).sum::<usize>()
}

/// Where, and what.
fn seen(finding: &Finding) -> String {
    let cookie = finding.cookie.as_ref().map(|cookie| cut(cookie, 40));
    let at = if finding.hop > 0 { format!("hop {}", finding.hop) } else { cut(&finding.url, 50) };
    let times = (finding.times > 1).then(|| format!("{} times", finding.times));
    let place: Vec<String> = cookie.into_iter().chain([at]).chain(times).collect();
    format!("{}: {}", place.join(", "), finding.detail)
}

fn labelled(text: &mut String, label: &str, value: &str) {
    let lines = wrapped(value, INDENT + 7);
    let indented = format!("{:INDENT$}{label:<7}", "");
    text.push_str(&indented);
    text.push_str(lines.trim_start());
}

fn summary(report: &Report<'_>) -> String {
    let counts = report.verdict.counts();
    let said: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter_map(|severity| counts.get(severity).map(|count| format!("{count} {severity}")))
        .collect();
    if said.is_empty() {
        return "Nothing is wrong.".to_owned();
    }
    let verdict = match (report.fail_on, report.failures()) {
        (None, _) => "nothing fails the audit".to_owned(),
        (Some(from), 0) => format!("none that is new is {from} or worse"),
        (Some(from), count) => format!("{count} new at {from} or worse"),
    };
    format!("{}; {verdict}. `cloakroom audit --explain RULE` tells more of each.", said.join(", "))
}

/// Words in lines of at most [`WIDTH`], each after so many spaces.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let room = WIDTH - indent;
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        loop {
            let last = lines.last_mut().expect("there is always one line");
            let used = last.width() + usize::from(!last.is_empty());
            if used + word.width() <= room {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
                break;
            }
            if last.is_empty() {
                // A word that is wider than the line is cut.
                let (start, rest) = word.split_at(start_within(word, room));
                last.push_str(start);
                word = rest;
            }
            lines.push(String::new());
        }
    }
    lines.iter().fold(String::new(), |mut text, line| {
        // Writing into a text cannot fail.
        let _written = writeln!(text, "{}", format!("{:indent$}{line}", "").trim_end());
        text
    })
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    format!("{}…", &text[..start_within(text, columns - 1)])
}

/// How many octets of a text fit into so many columns.
fn start_within(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let mut ends = text.char_indices().map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (at, used)
    });
    ends.find(|(_, used)| *used > columns).map_or(text.len(), |(at, _)| at)
}

pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let long = format!("a {} b {}", "x".repeat(200), "word ".repeat(50));
        for indent in [0, 8, 15] {
            for line in wrapped(&long, indent).lines() {
                assert!(line.width() <= WIDTH, "{line}");
            }
        }
        assert_eq!(wrapped("one two", 2), "  one two\n");
        assert_eq!(cut(&"x".repeat(31), 30), format!("{}…", "x".repeat(29)));
    }

    #[test]
    fn what_is_two_columns_wide_or_none_is_counted_so() {
        // Letters of Chinese, a letter with an accent of its own, a letter that joins the one before, and an emoji.
        for wide in ["\u{4f1a}\u{8a71}", "e\u{301}\u{4f1a}", "\u{915}\u{93f}", "\u{1f511}"] {
            let long = wide.repeat(60);
            assert!(cut(&long, 30).width() <= 30 && cut(&long, 30).width() >= 28, "{wide}");
            for line in wrapped(&format!("{long} {wide} {wide} b"), 15).lines() {
                assert!(line.width() <= WIDTH, "{line}");
            }
            let whole: String = wrapped(&long, 0).lines().collect();
            assert_eq!(whole, long, "nothing is lost");
        }
    }
}
