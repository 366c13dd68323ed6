//! What others have written to find mistakes in pages.

use std::env;
use std::path::PathBuf;
use std::sync::LazyLock;

use cloakroom_browsers::Tab;
use serde_json::Value;

/// The octets of a page and of all that it has loaded, unpacked. What has one address was loaded once: a Firefox that has much to do lists
/// the style twice, as it was guessed at and as the page asked for it.
pub(crate) const WEIGHT: &str =
    "[...new Map(['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind))
    .filter((entry) => ['navigation', 'link', 'script', 'img', 'css'].includes(entry.initiatorType))
    .map((entry) => [entry.name, entry.decodedBodySize])).values()].reduce((sum, octets) => sum + octets, 0)";

static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = folder().join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
});

/// The folder that the libraries are in.
pub(crate) fn folder() -> PathBuf {
    let folder = env::var_os("CLOAKROOM_PAGE_CHECKS");
    folder.expect("CLOAKROOM_PAGE_CHECKS names no folder; run `cargo xtask test`").into()
}

/// Fails when axe-core finds anything in a page: every rule for WCAG 2.2 up to AA, and its own best practices.
pub(crate) fn axe(tab: &Tab<'_>, what: &str) {
    tab.run(&AXE);
    let found = tab.value_of(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => [passes.length,
            ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))])",
    );
    let (passed, found) = found.as_array().and_then(|found| found.split_first()).unwrap();
    assert!(passed.as_u64() > Some(10), "{what}: axe-core has looked at {passed} rules");
    assert_eq!(found, &[] as &[Value], "{what}");
}
