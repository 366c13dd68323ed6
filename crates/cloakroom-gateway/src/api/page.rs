//! Lists a page at a time.

use crate::api::problem::{ApiProblem, Kind};
use crate::hex::{self, Hex};
use crate::web::Fields;

/// How many entries a page has at most.
pub(super) const ENTRIES_MAX: usize = 500;

/// How many entries a page has where nothing is said.
pub(super) const ENTRIES_DEFAULT: usize = 100;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The last entry of the page before, by what the list is in the order of.
    pub(super) after: Option<String>,
    /// How many entries it is to have at most.
    pub(super) limit: usize,
}

impl Page {
    /// The names of what a query may say.
    pub(super) const PARAMETERS: &[&str] = &["cursor", "limit"];

    pub(super) fn parse(query: &Fields) -> Result<Self, ApiProblem> {
        let invalid = |detail: String| ApiProblem::new(Kind::Invalid, detail);
        let limit = match query.at_most_one("limit")? {
            None => ENTRIES_DEFAULT,
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=ENTRIES_MAX).contains(number));
                number.ok_or_else(|| invalid(format!("limit is a number from 1 to {ENTRIES_MAX}")))?
            }
        };
        let unknown = || invalid("cursor is what came with the page before, as next".to_owned());
        let after = query.at_most_one("cursor")?.map(|text| decode(text).ok_or_else(unknown)).transpose()?;
        Ok(Self { after, limit })
    }

    /// Cuts a page off entries that were read one further than it has; returns the cursor of the next, if there is one.
    pub(super) fn cut<T>(&self, entries: &mut Vec<T>, key: impl Fn(&T) -> String) -> Option<String> {
        if entries.len() <= self.limit {
            return None;
        }
        entries.truncate(self.limit);
        entries.last().map(|last| encode(&key(last)))
    }
}

/// A cursor is the last entry's name in hex digits: it needs no encoding in a URL, and whatever fits the pattern is one.
pub(super) const CURSOR_PATTERN: &str = "^([2-7][0-9a-f]){1,64}$";

pub(super) fn encode(after: &str) -> String {
    Hex(after.as_bytes()).to_string()
}

fn decode(cursor: &str) -> Option<String> {
    let octet = |pair: &[u8]| {
        let is_lower = !pair.iter().any(u8::is_ascii_uppercase);
        hex::octet(pair).filter(|octet| is_lower && (b' '..=0x7f).contains(octet)).map(char::from)
    };
    (1..=128).contains(&cursor.len()).then(|| cursor.as_bytes().chunks(2).map(octet).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, ApiProblem> {
        Page::parse(&Fields::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn pages_follow_each_other_without_a_gap_until_there_are_no_more() {
        let all: Vec<String> = (0..5).map(|n| format!("entry{n}")).collect();
        let (mut met, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let page = page(&query).unwrap();
            let rest = all.iter().filter(|entry| page.after.as_ref().is_none_or(|after| *entry > after));
            let mut entries: Vec<String> = rest.take(page.limit + 1).cloned().collect();
            let next = page.cut(&mut entries, String::clone);
            assert!(entries.len() <= 2);
            met.extend(entries);
            let Some(next) = next else { break };
            query = format!("limit=2&cursor={next}");
        }
        assert_eq!(met, all);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        assert_eq!(page("").unwrap(), Page { after: None, limit: 100 });
        let long = format!("cursor={}", "61".repeat(65));
        for wrong in [
            "limit=0",
            "limit=501",
            "limit=-1",
            "limit=x",
            "limit=1&limit=1",
            "cursor=",
            "cursor=6",
            "cursor=6A",
            "cursor=c3a9",
            "cursor=0a",
            &long,
        ] {
            assert!(page(wrong).is_err(), "{wrong}");
        }
    }
}
