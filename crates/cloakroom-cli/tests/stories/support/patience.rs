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
        pause();
    }
}

/// Between two looks at something that changes in its own time: the processor is for whoever changes it.
#[expect(clippy::disallowed_methods, reason = "nothing is concluded from it")]
pub(crate) fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}
