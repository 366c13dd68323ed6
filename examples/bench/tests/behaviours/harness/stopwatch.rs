//! Real time, for bounds on waiting only; the program's time is its manual clock.

use std::time::{Duration, Instant};

/// Between two looks at what is waited for.
const PAUSE: Duration = Duration::from_millis(1);

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

    /// Asks `condition` until it holds. In between it leaves the core to the program that it waits for, and to other tests.
    #[track_caller]
    #[expect(
        clippy::disallowed_methods,
        reason = "a pause between two looks, which nothing is concluded from"
    )]
    pub(crate) fn wait_until(within: Duration, what: &str, mut condition: impl FnMut() -> bool) {
        let waited = Self::start();
        while !condition() {
            assert!(waited.elapsed() < within, "after {within:?} still not: {what}");
            std::thread::sleep(PAUSE);
        }
    }
}
