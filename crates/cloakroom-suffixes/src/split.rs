//! A name, and where its public suffix begins.
//!
//! Source: <https://github.com/publicsuffix/list/wiki/Format>, "Algorithm".

use crate::list;
use crate::listed::Listed;

/// A host name split where what its owner registered begins.
///
/// Of a name with a dot at its end, that dot is no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    name: &'a str,
    suffix_at: usize,
    listed: Listed,
}

impl<'a> Split<'a> {
    /// Splits a name as hosts of addresses are written: in lower case, and labels of other scripts as `xn--` says.
    ///
    /// The time that it takes grows with the number of labels; nothing is allocated. Addresses are no names, and theirs to tell
    /// from names is the caller.
    pub fn of(name: &'a str) -> Self {
        let name = name.strip_suffix('.').unwrap_or(name);
        let mut above = name.len();
        let mut wildcard = None;
        let mut split =
            Self { name, suffix_at: name.rfind('.').map_or(0, |dot| dot + 1), listed: Listed::No };
        for at in name.rmatch_indices('.').map(|(dot, _)| dot + 1).chain([0]) {
            let entry = list::entry(&name[at..]);
            if let Some(listed) = wildcard {
                split = Self { suffix_at: at, listed, ..split };
            }
            match entry {
                Some(entry) if entry.is_exception() => {
                    return Self { suffix_at: above, listed: entry.listed(), ..split };
                }
                Some(entry) if entry.is_suffix() => {
                    split = Self { suffix_at: at, listed: entry.listed(), ..split };
                }
                _ => {}
            }
            wildcard = entry.filter(|entry| entry.is_wildcard()).map(list::Entry::listed);
            above = at;
        }
        split
    }

    /// The part below which strangers register names.
    pub fn suffix(&self) -> &'a str {
        &self.name[self.suffix_at..]
    }

    /// The suffix and the one label before it: what has one owner. None where the name is no more than a suffix, or begins with a dot.
    pub fn registered(&self) -> Option<&'a str> {
        if self.name.starts_with('.') {
            return None;
        }
        let before = self.name[..self.suffix_at].strip_suffix('.')?;
        let at = before.rfind('.').map_or(0, |dot| dot + 1);
        (at < before.len()).then(|| &self.name[at..])
    }

    /// Whether the list says so, and in which of its parts.
    pub const fn listed(&self) -> Listed {
        self.listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_exceptions_and_both_parts_of_the_list_are_told_apart() {
        for (name, suffix, registered, listed) in [
            ("www.example.com", "com", Some("example.com"), Listed::Icann),
            ("com", "com", None, Listed::Icann),
            ("ck", "ck", None, Listed::No),
            ("any.ck", "any.ck", None, Listed::Icann),
            ("a.b.any.ck", "any.ck", Some("b.any.ck"), Listed::Icann),
            ("www.ck", "ck", Some("www.ck"), Listed::Icann),
            ("a.www.ck", "ck", Some("www.ck"), Listed::Icann),
            // `*.run.app` and `*.mtls.run.app` are rules, and the first is not forgotten where the second begins.
            ("a.mtls.run.app", "a.mtls.run.app", None, Listed::Private),
            ("mtls.run.app", "mtls.run.app", None, Listed::Private),
            ("run.app", "app", Some("run.app"), Listed::Icann),
            ("me.github.io", "github.io", Some("me.github.io"), Listed::Private),
            ("printer.intranet", "intranet", Some("printer.intranet"), Listed::No),
            ("localhost", "localhost", None, Listed::No),
        ] {
            let split = Split::of(name);
            assert_eq!(
                (split.suffix(), split.registered(), split.listed()),
                (suffix, registered, listed),
                "{name}"
            );
            assert_eq!(Split::of(&format!("{name}.")), split, "{name}, with its dot");
        }
    }

    #[test]
    fn what_is_no_name_does_no_harm() {
        for name in ["", ".", "..", "...", ".com", "a..com", "..ck", "a..ck", " ", "\u{e9}.com", "// ===.com"]
        {
            let split = Split::of(name);
            assert!(name.contains(split.suffix()), "{name:?}");
            assert!(
                split.registered().is_none_or(|registered| registered.ends_with(split.suffix())),
                "{name:?}"
            );
        }
        assert_eq!(Split::of(".com").registered(), None);
        assert_eq!(Split::of(&"a.".repeat(30_000)).suffix(), "a");
    }
}
