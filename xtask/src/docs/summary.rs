//! The table of contents: every page of the manual is in the book, once.

use std::collections::BTreeSet;

use super::links::{is_elsewhere, is_of_kind, links, resolve};
use crate::source::Tree;
use crate::tidy::Problem;

/// The table of contents, as mdBook reads it.
pub(super) const SUMMARY: &str = "docs/SUMMARY.md";

/// Looks for pages that the table of contents lacks, or has twice. What it names and is not there is a broken link.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(summary) = tree.file(SUMMARY) else {
        return vec![Problem::at(SUMMARY, 1, "there is no table of contents", "a list of all pages")];
    };
    let mut named = BTreeSet::new();
    let mut problems = Vec::new();
    for link in links(&summary.text) {
        let path = resolve(SUMMARY, &link.target).map(|(path, _)| path).unwrap_or_default();
        if is_elsewhere(&link.target) || !path.starts_with("docs/") {
            problems.push(Problem::at(
                SUMMARY,
                link.line,
                format!("{} is no page of the book", link.target),
                "a page below docs",
            ));
        } else if !named.insert(path) {
            problems.push(Problem::at(
                SUMMARY,
                link.line,
                format!("{} is there twice", link.target),
                "each page once",
            ));
        }
    }
    let pages = tree.files().iter().map(|file| file.path.as_str());
    let pages = pages.filter(|path| path.starts_with("docs/") && is_of_kind(path, "md") && *path != SUMMARY);
    problems.extend(
        pages
            .filter(|page| !named.contains(*page))
            .map(|page| Problem::at(page, 1, "the page is not in the book", "a line of docs/SUMMARY.md")),
    );
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_missing_twice_there_or_elsewhere_is_found() {
        let count = |summary: &str| {
            check(&Tree::of(&[(SUMMARY, summary), ("docs/a.md", ""), ("docs/b/c.md", "")])).len()
        };
        assert_eq!(count("- [A](a.md)\n  - [C](b/c.md)\n"), 0);
        assert_eq!(count("- [A](a.md)\n"), 1);
        assert_eq!(count("- [A](a.md)\n- [C](b/c.md)\n- [A](./a.md)\n"), 1);
        assert_eq!(count("- [A](a.md)\n- [C](b/c.md)\n- [R](../README.md)\n- [X](https://x.example)\n"), 2);
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
