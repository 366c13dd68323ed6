//! `docs/standards.md` and the tests name each other: no row claims a test that is gone, no test an unknown row.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use crate::source::{Kind, RustFile, SourceFile, Tree};

const TABLE: &str = "docs/standards.md";

/// The conformance suite: tests that stores run, and so no test code of its own crate.
const SUITE: &str = "crates/cloakroom-testkit/";

/// The families of rows. `SID-01` is a row; `RFC-62` and `UTF-16` are not.
const FAMILIES: [&str; 16] = [
    "ATR", "AUD", "BND", "CSR", "DBS", "HDR", "LIF", "LOG", "PFX", "PWD", "REV", "ROT", "SID", "STO", "SYN",
    "TOK",
];

pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(table) = tree.file(TABLE) else { return Vec::new() };
    let rows = rows(table);
    let tests = Tests::of(tree);
    let mut problems = Vec::new();
    for row in &rows {
        problems.extend(row.broken_claims(&tests, tree));
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for (id, place) in &tests.rows_named {
        if !known.contains(id.as_str()) {
            problems.push(Problem::at(
                &place.path,
                place.line,
                format!("a test for {id}, which is no row of {TABLE}"),
                format!("a row `| {id} | test | state |`, or the id that is meant"),
            ));
        }
    }
    problems
}

/// `| id | tests, in backticks | state |`.
struct Row {
    id: String,
    tests: Vec<String>,
    state: String,
    line: usize,
}

fn rows(table: &SourceFile) -> Vec<Row> {
    (1..).zip(table.text.lines()).filter_map(|(line, text)| row(line, text)).collect()
}

fn row(line: usize, text: &str) -> Option<Row> {
    let mut cells = text.trim().strip_prefix('|')?.trim_end_matches('|').split('|').map(str::trim);
    let id = cells.next()?;
    if row_ids(id).next()? != id {
        return None;
    }
    let tests = cells.next().unwrap_or_default().split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some(Row { id: id.to_owned(), tests, state: cells.next().unwrap_or_default().to_owned(), line })
}

impl Row {
    fn broken_claims(&self, tests: &Tests, tree: &Tree) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.state.is_empty() {
            problems.push(self.problem(format!("{} has no state", self.id), "`| row | test | state |`"));
        }
        for test in &self.tests {
            // `crates/a/tests/b.rs` is a file of doc tests.
            if !tests.has(test) && tree.file(test).is_none() {
                problems.push(self.problem(
                    format!("{} claims the test `{test}`, which does not exist", self.id),
                    "the name of a test function of this repository",
                ));
            }
        }
        problems
    }

    fn problem(&self, wrong: String, right: &str) -> Problem {
        Problem::at(TABLE, self.line, wrong, right)
    }
}

/// What the tests of the tree are called, and the rows that they say they prove.
pub(super) struct Tests {
    names: BTreeSet<String>,
    rows_named: BTreeMap<String, Place>,
}

struct Place {
    path: String,
    line: usize,
}

impl Tests {
    /// `a::b::name` is the test `name`.
    pub(super) fn has(&self, test: &str) -> bool {
        self.names.contains(test.rsplit("::").next().unwrap_or(test))
    }

    pub(super) fn of(tree: &Tree) -> Self {
        let mut tests = Self { names: BTreeSet::new(), rows_named: BTreeMap::new() };
        for file in tree.rust_files() {
            tests.read(file, tree.is_test_file(&file.path) || file.path.starts_with(SUITE));
        }
        tests
    }

    fn read(&mut self, file: &SourceFile, is_test_file: bool) {
        let rust = RustFile::parse(&file.text);
        let tokens = rust.tokens();
        for (at, token) in tokens.iter().enumerate() {
            if !is_test_file && !rust.is_test(at) {
                continue;
            }
            let ids = match token.kind {
                Kind::InnerDoc | Kind::OuterDoc => row_ids(token.text).map(str::to_owned).collect(),
                Kind::Word if at > 0 && tokens[at - 1].is_word("fn") => {
                    self.names.insert(token.text.to_owned());
                    row_in_name(token.text).into_iter().collect()
                }
                _ => Vec::new(),
            };
            for id in ids {
                let place = Place { path: file.path.clone(), line: token.line };
                self.rows_named.entry(id).or_insert(place);
            }
        }
    }
}

/// `SID-01` in prose.
fn row_ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
    words.filter(|word| {
        let Some((family, number)) = word.split_once('-') else { return false };
        FAMILIES.contains(&family) && number.len() == 2 && number.bytes().all(|octet| octet.is_ascii_digit())
    })
}

/// `sid_01_the_rest_of_the_sentence`.
fn row_in_name(name: &str) -> Option<String> {
    let mut parts = name.split('_');
    let id = format!("{}-{}", parts.next()?.to_ascii_uppercase(), parts.next()?);
    let is_row = row_ids(&id).next() == Some(&id);
    is_row.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(table: &str, code: &str) -> Vec<Problem> {
        check(&Tree::of(&[(TABLE, table), ("a/tests/b.rs", code)]))
    }

    #[test]
    fn a_claimed_test_that_does_not_exist_is_found() {
        let table = "| row | test | state |\n|---|---|---|\n| SID-01 | `b::sid_01_x`, `c` | held |\n";
        assert_eq!(problems(table, "fn sid_01_x() {}").len(), 1);
        assert!(problems(table, "fn sid_01_x() {} fn c() {}").is_empty());
    }

    #[test]
    fn a_file_of_doc_tests_is_a_test() {
        assert!(problems("| SID-01 | `a/tests/b.rs` | held |", "").is_empty());
        assert_eq!(problems("| SID-01 | `a/tests/c.rs` | held |", "").len(), 1);
    }

    #[test]
    fn a_check_of_the_conformance_suite_is_a_test() {
        let table = (TABLE, "| STO-01 | `no_row_holds_a_secret` | held |");
        let suite = ("crates/cloakroom-testkit/src/a.rs", "pub fn no_row_holds_a_secret() {}");
        assert!(check(&Tree::of(&[table, suite])).is_empty());
        assert_eq!(check(&Tree::of(&[table])).len(), 1);
    }

    #[test]
    fn a_row_without_a_state_is_found() {
        assert_eq!(problems("| SID-01 | |", "").len(), 1);
        assert!(problems("| SID-01 | | not yet |", "").is_empty());
    }

    #[test]
    fn a_test_for_an_unknown_row_is_found() {
        assert_eq!(problems("", "fn sid_99_x() {}").len(), 1);
        assert_eq!(problems("", "/// Proves SYN-98.\nfn x() {}").len(), 1);
        assert!(problems("", "/// As UTF-16, SHA-256 and RFC-62 say.\nfn is_42_x() {}").is_empty());
    }

    #[test]
    fn a_row_named_outside_of_tests_is_no_claim() {
        let tree = Tree::of(&[(TABLE, ""), ("a/src/b.rs", "/// See SID-99.\nfn sid_98_x() {}")]);
        assert!(check(&tree).is_empty());
    }
}
