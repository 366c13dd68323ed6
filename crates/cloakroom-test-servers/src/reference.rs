//! Pages of `docs/reference`, which code writes about itself: a test of it fails where a page says something else.

use std::fs;
use std::path::PathBuf;

/// Set, the pages are written and not compared; `cargo xtask docs` does that.
const WRITE: &str = "CLOAKROOM_WRITE_REFERENCE";

/// Holds a page against what it is to say.
///
/// # Panics
/// When it says something else, or cannot be written.
pub fn reference_page(name: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../docs/reference", name].iter().collect();
    if std::env::var_os(WRITE).is_some() {
        return fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    if let Some(line) = first_difference(&there, text) {
        panic!(
            "docs/reference/{name} differs from the code in line {line}; `cargo xtask docs` writes it anew"
        );
    }
}

/// The first line, from 1, in which two texts differ.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("", "a"), Some(1));
    }
}
