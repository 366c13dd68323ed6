//! How long something takes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Runs from when it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "durations decide nothing; they are shown to whoever watches"
    )]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn read(self) -> Duration {
        self.0.elapsed()
    }
}

/// Which of many are timed.
#[derive(Debug, Default)]
pub(super) struct Sample(AtomicU32);

/// One of so many is timed.
const ONE_IN: u32 = 16;

impl Sample {
    /// A stopwatch for the first, and for one of sixteen after it.
    pub(super) fn start(&self) -> Option<Stopwatch> {
        self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(ONE_IN).then(Stopwatch::start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_sixteen_is_timed_and_the_first_is_among_them() {
        let sample = Sample::default();
        let timed: Vec<usize> = (0..40).filter(|_| sample.start().is_some()).collect();
        assert_eq!(timed, [0, 16, 32]);
    }
}
