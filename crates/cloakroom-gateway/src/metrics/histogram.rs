//! How often something took how long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds in nanoseconds: from what a look-up in memory takes to what nobody waits for.
pub(super) const BOUNDS_NS: [u64; 14] = [
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    10_000_000,
    50_000_000,
    100_000_000,
    500_000_000,
    1_000_000_000,
    5_000_000_000,
];

/// Counts by duration.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// By the first bound that is not exceeded, and one for the rest.
    buckets: [AtomicU64; BOUNDS_NS.len() + 1],
    sum_ns: AtomicU64,
}

/// What a histogram holds at a moment.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// How many took no longer than each bound, and how many there were.
    pub(super) at_most: Vec<u64>,
    pub(super) sum: Duration,
}

impl Histogram {
    pub(crate) fn observe(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let place = BOUNDS_NS.partition_point(|bound| *bound < took);
        self.buckets[place].fetch_add(1, Ordering::Relaxed);
        self.sum_ns.fetch_add(took, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let mut total = 0;
        let at_most = self.buckets.iter().map(|bucket| {
            total += bucket.load(Ordering::Relaxed);
            total
        });
        Snapshot {
            at_most: at_most.collect(),
            sum: Duration::from_nanos(self.sum_ns.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_below_every_bound_that_it_does_not_exceed() {
        let histogram = Histogram::default();
        for nanoseconds in [0, 10_000, 10_001, 400_000, 6_000_000_000] {
            histogram.observe(Duration::from_nanos(nanoseconds));
        }
        let snapshot = histogram.snapshot();
        assert_eq!(snapshot.at_most[..6], [2, 3, 3, 3, 3, 4]);
        assert_eq!((snapshot.at_most[13], snapshot.at_most[14]), (4, 5));
        assert_eq!(snapshot.sum, Duration::from_nanos(6_000_420_001));
    }
}
