//! The list as it is published, and as one sorted line for each name.
//!
//! Source: <https://github.com/publicsuffix/list/wiki/Format>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::punycode;

/// What is no public suffix list.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CompactError {
    #[error("line {0} is a rule outside the list's two parts")]
    Outside(usize),
    #[error("line {0} is no rule: {1}")]
    NoRule(usize, String),
    #[error("{0} stands in both parts of the list")]
    TwoParts(String),
    #[error("the list does not tell its {0}")]
    Nameless(&'static str),
    #[error("{0} rules are too few for the list")]
    Short(usize),
}

/// A list of fewer rules was cut off on its way; it had 10,397 in 2026.
const RULES_MIN: usize = 9_000;

/// One of the two parts of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Icann,
    Private,
}

/// What the rules say of one name.
#[derive(Debug, Default)]
struct Rules {
    is_suffix: bool,
    is_wildcard: bool,
    is_exception: bool,
    part: Option<Part>,
}

/// The compact list, with a header that tells source, version and format.
pub(super) fn compact(published: &str) -> Result<String, CompactError> {
    let names = read(published)?;
    let rules = names.values().map(|rules| [rules.is_suffix, rules.is_wildcard, rules.is_exception]);
    let rules = rules.flatten().filter(|is_there| *is_there).count();
    if rules < RULES_MIN {
        return Err(CompactError::Short(rules));
    }
    let mut text = header(published, rules)?;
    for (name, rules) in &names {
        text += name;
        let marks = rules.marks();
        if !marks.is_empty() {
            let _ = write!(text, " {marks}");
        }
        text.push('\n');
    }
    Ok(text)
}

/// The names in the order of their octets.
fn read(published: &str) -> Result<BTreeMap<String, Rules>, CompactError> {
    let mut names: BTreeMap<String, Rules> = BTreeMap::new();
    let mut part = None;
    for (number, line) in (1..).zip(published.lines()) {
        let line = line.trim_end();
        match line {
            "// ===BEGIN ICANN DOMAINS===" => part = Some(Part::Icann),
            "// ===BEGIN PRIVATE DOMAINS===" => part = Some(Part::Private),
            "// ===END ICANN DOMAINS===" | "// ===END PRIVATE DOMAINS===" => part = None,
            comment if comment.is_empty() || comment.starts_with("//") => {}
            rule => {
                let part = part.ok_or(CompactError::Outside(number))?;
                let written = rule.strip_prefix("*.").or_else(|| rule.strip_prefix('!')).unwrap_or(rule);
                let name = punycode::to_ascii(written);
                if !is_name(&name) {
                    return Err(CompactError::NoRule(number, rule.to_owned()));
                }
                let rules = names.entry(name.clone()).or_default();
                if rules.part.is_some_and(|other| other != part) {
                    return Err(CompactError::TwoParts(name));
                }
                rules.part = Some(part);
                match rule.as_bytes()[0] {
                    b'*' => rules.is_wildcard = true,
                    b'!' => rules.is_exception = true,
                    _ => rules.is_suffix = true,
                }
            }
        }
    }
    Ok(names)
}

fn is_name(name: &str) -> bool {
    let is_plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    name.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain))
}

impl Rules {
    fn marks(&self) -> String {
        let mut marks = String::new();
        if self.is_suffix && (self.is_wildcard || self.is_exception) {
            marks.push('.');
        }
        let others =
            [(self.is_wildcard, '*'), (self.is_exception, '!'), (self.part == Some(Part::Private), 'p')];
        marks.extend(others.into_iter().filter(|(is_there, _)| *is_there).map(|(_, mark)| mark));
        marks
    }
}

fn header(published: &str, rules: usize) -> Result<String, CompactError> {
    let told = |what: &'static str| {
        let mark = format!("// {what}: ");
        published.lines().find_map(|line| line.strip_prefix(&mark)).ok_or(CompactError::Nameless(what))
    };
    let (version, commit) = (told("VERSION")?, told("COMMIT")?);
    Ok(format!(
        "// This Source Code Form is subject to the terms of the Mozilla Public\n\
         // License, v. 2.0. If a copy of the MPL was not distributed with this\n\
         // file, You can obtain one at https://mozilla.org/MPL/2.0/.\n\
         //\n\
         // The public suffix list, from https://publicsuffix.org/list/public_suffix_list.dat,\n\
         // version {version}, commit {commit}, {rules} rules,\n\
         // brought into this form by `cargo xtask suffixes`: one line for each name, in the order of octets,\n\
         // in ASCII, and behind it what the rules say of it. Nothing: it is a suffix. `*`: all names below it are.\n\
         // `.*`: both. `!`: it is none, in spite of a `*` above it. `p` with any: it is of the list's private part.\n\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "// VERSION: 2026-10-22_08-36-41_UTC\n// COMMIT: 8437\n";

    fn lines(icann: &str, private: &str) -> Result<Vec<String>, CompactError> {
        let text = format!(
            "{HEAD}// ===BEGIN ICANN DOMAINS===\n{icann}\n// ===END ICANN DOMAINS===\n\
             // ===BEGIN PRIVATE DOMAINS===\n{private}\n// ===END PRIVATE DOMAINS===\n"
        );
        let names = read(&text)?;
        Ok(names.iter().map(|(name, rules)| format!("{name} {}", rules.marks())).collect())
    }

    #[test]
    fn each_kind_of_rule_has_its_mark() {
        let found = lines("// a comment\nck\n*.ck\n!www.ck\n\n*.jp\n\u{516c}\u{53f8}.cn", "github.io\n*.a.b")
            .unwrap();
        assert_eq!(found, ["a.b *p", "ck .*", "github.io p", "jp *", "www.ck !", "xn--55qx5d.cn "]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert_eq!(lines("com", "com").unwrap_err(), CompactError::TwoParts("com".to_owned()));
        assert_eq!(lines("a..b", "").unwrap_err(), CompactError::NoRule(4, "a..b".to_owned()));
        assert_eq!(lines("a.*.b", "").unwrap_err(), CompactError::NoRule(4, "a.*.b".to_owned()));
        assert_eq!(read("com").unwrap_err(), CompactError::Outside(1));
        let short = format!("{HEAD}// ===BEGIN ICANN DOMAINS===\ncom\n");
        assert_eq!(compact(&short).unwrap_err(), CompactError::Short(1));
    }

    #[test]
    fn the_header_tells_where_it_is_from() {
        let text = header(HEAD, 7).unwrap();
        assert!(text.contains("version 2026-10-22_08-36-41_UTC, commit 8437, 7 rules"), "{text}");
        assert_eq!(header("com", 7).unwrap_err(), CompactError::Nameless("VERSION"));
    }
}
