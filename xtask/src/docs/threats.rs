//! The threats of the library's manual as a page of the book: the same tables, without what only `cargo doc` can link.

use crate::source::Tree;
use crate::tidy::Problem;

const MANUAL: &str = "crates/cloakroom/src/manual/threats.rs";
pub(super) const PAGE: &str = "docs/reference/threats.md";

/// Says when the page is not what the manual makes of it.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(manual) = tree.file(MANUAL) else { return Vec::new() };
    let there = tree.file(PAGE).map_or("", |page| &page.text);
    let right = page(&manual.text);
    if there == right {
        return Vec::new();
    }
    let line = 1 + there.lines().zip(right.lines()).take_while(|(there, right)| there == right).count();
    vec![Problem::at(PAGE, line, format!("differs from {MANUAL}"), "what `cargo xtask docs` writes")]
}

/// What the page is to be.
pub(super) fn of(tree: &Tree) -> Option<String> {
    Some(page(&tree.file(MANUAL)?.text))
}

fn page(manual: &str) -> String {
    let mut page = "# Threats\n\n<!-- Written by `cargo xtask docs` from the manual of the library. Change it there. -->\n\n\
                    The most telling of these are explained in [attacks, in pictures](../attacks.md).\n\n"
        .to_owned();
    let lines = manual
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    // The first line is the page's own heading.
    for line in lines.skip(1).skip_while(|line| line.is_empty()) {
        let line = without_links(line);
        if line.starts_with("# ") {
            page.push('#');
        }
        page.push_str(&line);
        page.push('\n');
    }
    page
}

/// Of a link into the code its text stays.
fn without_links(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](crate::") {
        let open = before.rfind('[').unwrap_or(before.len());
        plain.push_str(&before[..open]);
        plain.push_str(before.get(open + 1..).unwrap_or_default());
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_tables_without_links_into_the_code() {
        let manual = "//! Threats: all.\n//!\n//! Text.\n//!\n//! # One\n//!\n//! | a [`B`](crate::B), [c](crate::d::E) x |\n\nuse x;\n";
        assert!(page(manual).ends_with("\n\nText.\n\n## One\n\n| a `B`, c x |\n"), "{}", page(manual));
        let tree = Tree::of(&[(MANUAL, manual), (PAGE, &page(manual))]);
        assert!(check(&tree).is_empty());
        assert_eq!(check(&Tree::of(&[(MANUAL, manual), (PAGE, "# Threats\n")])).len(), 1);
    }
}
