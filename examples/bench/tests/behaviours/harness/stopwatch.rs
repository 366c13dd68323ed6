//! Real time, for bounds on waiting only; the program's time is its manual clock.

use std::time::{Duration, Instant};

/// Measures how long something really took.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a bound on real waiting needs the real clock")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Asks `condition` until it holds, giving way in between.
    #[track_caller]
    pub(crate) fn wait_until(within: Duration, what: &str, mut condition: impl FnMut() -> bool) {
        let waited = Self::start();
        while !condition() {
            assert!(waited.elapsed() < within, "after {within:?} still not: {what}");
            std::thread::yield_now();
        }
    }
}
