//! The manual's threats: each names the tests that prove what it says, and they exist.

use super::Problem;
use super::standards::Tests;
use crate::source::{SourceFile, Tree};

const THREATS: &str = "crates/cloakroom/src/manual/threats.rs";

/// `| attack | how it works | what stops it | tests |`.
const CELLS: usize = 4;

pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(page) = tree.file(THREATS) else { return Vec::new() };
    let tests = Tests::of(tree);
    threats(page).flat_map(|threat| threat.broken_claims(&tests)).collect()
}

/// A row of one of the page's tables.
struct Threat<'a> {
    attack: &'a str,
    /// The cell of the tests.
    proof: &'a str,
    line: usize,
}

fn threats(page: &SourceFile) -> impl Iterator<Item = Threat<'_>> {
    (1..).zip(page.text.lines()).filter_map(|(line, text)| {
        let row = text.strip_prefix("//! |")?.strip_suffix('|')?;
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let is_head = cells[0] == "attack" || cells[0].starts_with("---");
        let proof = if cells.len() == CELLS { cells[CELLS - 1] } else { "" };
        (!is_head).then_some(Threat { attack: cells[0], proof, line })
    })
}

impl Threat<'_> {
    fn broken_claims(&self, tests: &Tests) -> Vec<Problem> {
        let named: Vec<&str> = self.proof.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            return vec![
                self.problem("names no test", "its fourth cell with the tests that prove it, in backticks"),
            ];
        }
        let missing = named.into_iter().filter(|test| !tests.has(test));
        let problem = |test| {
            let wrong = format!("names the test `{test}`, which does not exist");
            self.problem(&wrong, "the name of a test function of this repository")
        };
        missing.map(problem).collect()
    }

    fn problem(&self, wrong: &str, right: &str) -> Problem {
        Problem::at(THREATS, self.line, format!("the threat \"{}\" {wrong}", self.attack), right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(row: &str) -> usize {
        let page =
            format!("//! | attack | how it works | what stops it | tests |\n//! |---|---|---|---|\n{row}\n");
        check(&Tree::of(&[(THREATS, &page), ("a/tests/b.rs", "fn a_thief_is_stopped() {}")])).len()
    }

    #[test]
    fn a_threat_without_a_test_or_with_one_that_does_not_exist_is_found() {
        assert_eq!(problems("//! | Theft | by hand | a lock | `a_thief_is_stopped` |"), 0);
        assert_eq!(problems("//! | Theft | by hand | a lock | `a_thief_is_stopped`, `and_a_second` |"), 1);
        assert_eq!(problems("//! | Theft | by hand | a lock | somewhere |"), 1);
        assert_eq!(problems("//! | Theft | by hand | `a_thief_is_stopped` |"), 1);
    }
}
