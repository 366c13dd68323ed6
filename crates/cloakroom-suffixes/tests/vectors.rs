//! The test data that is published beside the list.

use cloakroom_suffixes::Split;
use url::Host;

/// Source: <https://github.com/publicsuffix/list/blob/main/tests/test_psl.txt>, in the public domain.
const VECTORS: &str = include_str!("test_psl.txt");

/// The two arguments of a `checkPublicSuffix('name', 'registered');`, as addresses write names.
fn arguments(line: &str) -> Option<[Option<String>; 2]> {
    let inner = line.strip_prefix("checkPublicSuffix(")?.strip_suffix(");")?;
    let (name, registered) = inner.split_once(", ")?;
    Some([name, registered].map(|quoted| {
        let name = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
        // No address has one of these.
        if name.starts_with('.') {
            return Some(name.to_owned());
        }
        Some(Host::parse(name).expect("it is a host").to_string())
    }))
}

#[test]
fn every_published_vector_holds() {
    let mut held = 0;
    for line in VECTORS.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let [name, expected] = arguments(line).unwrap_or_else(|| panic!("{line}"));
        let Some(name) = name else { continue };
        assert_eq!(Split::of(&name).registered(), expected.as_deref(), "{line}");
        held += 1;
    }
    assert!(held > 70, "{held}");
}
