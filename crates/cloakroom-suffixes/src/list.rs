//! The list: lines in the order of their octets, found by halving.

use crate::listed::Listed;

/// Where it is from, of when it is and what its lines mean, it says itself; an empty line ends that.
const FILE: &[u8] = include_bytes!("list.txt");

const LINES: &[u8] = behind_the_header(FILE);

/// What the list says of one name: the marks behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    marks: &'static [u8],
}

impl Entry {
    /// Whether strangers register names below this one.
    pub(crate) fn is_suffix(self) -> bool {
        self.has(b'.') || !(self.has(b'*') || self.has(b'!'))
    }

    /// Whether they do below every name that is one label longer.
    pub(crate) fn is_wildcard(self) -> bool {
        self.has(b'*')
    }

    /// Whether they do not, although the wildcard of the name above says so.
    pub(crate) fn is_exception(self) -> bool {
        self.has(b'!')
    }

    pub(crate) fn listed(self) -> Listed {
        if self.has(b'p') { Listed::Private } else { Listed::Icann }
    }

    fn has(self, mark: u8) -> bool {
        self.marks.contains(&mark)
    }
}

/// What the list says of exactly this name, in lower case and ASCII.
///
/// Some fourteen lines are looked at, whether it is there or not.
pub(crate) fn entry(name: &str) -> Option<Entry> {
    let mut lines = LINES;
    while !lines.is_empty() {
        let (before, from) = lines.split_at(lines.len() / 2);
        let start = before.iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at + 1);
        let end = from.iter().position(|octet| *octet == b'\n').map_or(lines.len(), |at| before.len() + at);
        let line = &lines[start..end];
        let (listed, marks) = match line.iter().position(|octet| *octet == b' ') {
            Some(space) => (&line[..space], &line[space + 1..]),
            None => (line, &line[line.len()..]),
        };
        lines = match name.as_bytes().cmp(listed) {
            std::cmp::Ordering::Less => &lines[..start],
            std::cmp::Ordering::Equal => return Some(Entry { marks }),
            std::cmp::Ordering::Greater => lines.get(end + 1..).unwrap_or_default(),
        };
    }
    None
}

/// Evaluated by the compiler, to which a file without an empty line is an error.
const fn behind_the_header(file: &[u8]) -> &[u8] {
    let mut at = 0;
    while !(file[at] == b'\n' && file[at + 1] == b'\n') {
        at += 1;
    }
    file.split_at(at + 2).1
}

#[cfg(test)]
mod tests {
    use url::Host;

    use super::*;

    fn lines() -> Vec<&'static str> {
        std::str::from_utf8(LINES).unwrap().lines().collect()
    }

    fn name_of(line: &str) -> &str {
        line.split(' ').next().unwrap()
    }

    #[test]
    fn every_line_of_the_list_is_found_and_what_is_beside_it_is_not() {
        let lines = lines();
        assert!(lines.len() > 10_000, "{}", lines.len());
        for line in &lines {
            let entry = entry(name_of(line)).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(str::from_utf8(entry.marks).unwrap(), line[name_of(line).len()..].trim_start());
        }
        let known: Vec<&str> = lines.iter().map(|line| name_of(line)).collect();
        for name in &known {
            for beside in [format!("{name}0"), name[..name.len() - 1].to_owned(), format!("0{name}")] {
                assert_eq!(
                    entry(&beside).is_some(),
                    known.binary_search(&beside.as_str()).is_ok(),
                    "{beside}"
                );
            }
        }
    }

    #[test]
    fn every_name_is_written_as_addresses_write_it() {
        for line in lines() {
            let name = name_of(line);
            assert_eq!(Host::parse(name).ok(), Some(Host::Domain(name.to_owned())), "{line}");
        }
    }

    #[test]
    fn the_order_is_strict_and_marks_are_known() {
        let lines = lines();
        for pair in lines.windows(2) {
            assert!(name_of(pair[0]) < name_of(pair[1]), "{pair:?}");
        }
        for line in lines {
            let marks = line[name_of(line).len()..].trim_start();
            assert!(["", "p", "*", "*p", "!", "!p", ".*", ".*p"].contains(&marks), "{line}");
        }
    }
}
