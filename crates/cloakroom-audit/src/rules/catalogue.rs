//! All rules in one list.

use super::rule::Rule;
use super::{account, attributes, dbsc, pages, refused, tokens, transport};

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let groups = [
        attributes::LIST,
        refused::LIST,
        tokens::LIST,
        transport::LIST,
        pages::LIST,
        dbsc::LIST,
        account::LIST,
    ];
    groups.into_iter().flatten().copied()
}

/// The rule of this name.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The rule whose name is most like this one.
pub fn nearest(id: &str) -> Option<&'static Rule> {
    let words = |text: &str| text.to_lowercase().split('-').map(str::to_owned).collect::<Vec<_>>();
    let asked = words(id);
    let shared = |rule: &Rule| words(rule.id).iter().filter(|word| asked.contains(word)).count();
    // Of several that share as many words, the one that begins alike for the longest.
    let alike = |rule: &Rule| rule.id.bytes().zip(id.bytes()).take_while(|(a, b)| a == b).count();
    all()
        .max_by_key(|rule| (shared(rule), alike(rule), std::cmp::Reverse(rule.id.len())))
        .filter(|rule| shared(rule) > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::agent::Refusal;
    use crate::rules::for_refusal;

    #[test]
    fn no_two_rules_share_a_name_and_each_says_everything() {
        let mut names = BTreeSet::new();
        for rule in all() {
            assert!(names.insert(rule.id), "{}", rule.id);
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            for sentence in [rule.means, rule.fix] {
                assert!(sentence.ends_with('.'), "{}: {sentence}", rule.id);
            }
            assert!(!rule.source.is_empty() && rule.title.len() <= 60, "{}: {}", rule.id, rule.title);
        }
    }

    #[test]
    fn every_refusal_has_its_rule_and_names_the_same_step() {
        for refusal in Refusal::ALL {
            let rule = for_refusal(*refusal);
            let first = |source: &'static str| source.split(';').next().unwrap_or_default().to_owned();
            let is_layered = first(rule.source).starts_with("layered cookies");
            assert!(is_layered || first(rule.source) == refusal.source(), "{}", rule.id);
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_finds_its_rule() {
        assert_eq!(nearest("cookie-secure").map(|rule| rule.id), Some("cookie-no-secure"));
        assert_eq!(nearest("cookie-no-secur").map(|rule| rule.id), Some("cookie-no-secure"));
        assert!(nearest("zzz").is_none());
    }
}
