//! Waiting for what another process does in its own time.

use std::time::{Duration, Instant};

/// Waits until something is so.
///
/// # Panics
/// When it is not within the bound.
#[expect(clippy::disallowed_methods, reason = "the bounds are of real time")]
pub(crate) fn within(bound: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < bound, "not within {bound:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
