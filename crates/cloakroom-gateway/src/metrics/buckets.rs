//! How often something took how long, as numbers that are added up and taken from each other.

use crate::metrics::histogram::{BOUNDS_NS, Histogram};

/// One more than there are bounds: the last is for what took longer than all.
const COUNT: usize = BOUNDS_NS.len() + 1;

/// Counts by duration. Those of several processes and times are added up without loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Buckets([u64; COUNT]);

impl Buckets {
    /// What a histogram holds now.
    pub(super) fn of(histogram: &Histogram) -> Self {
        let mut counts = [0; COUNT];
        let mut before = 0;
        for (count, at_most) in counts.iter_mut().zip(histogram.snapshot().at_most) {
            *count = at_most - before;
            before = at_most;
        }
        Self(counts)
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].saturating_add(other.0[place])))
    }

    /// What has come since `before`.
    #[must_use]
    pub(crate) fn since(self, before: &Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].saturating_sub(before.0[place])))
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// In nanoseconds, what this share of all took at most, as exact as the bounds are close: within a bucket the durations are taken to be
    /// spread evenly. Nothing where there was nothing.
    ///
    /// What took longer than the last bound took the last bound, as far as anybody knows.
    ///
    /// Source: Prometheus, `histogram_quantile`.
    #[expect(clippy::cast_precision_loss, reason = "a figure to be looked at")]
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let all = self.count();
        if all == 0 {
            return None;
        }
        let rank = share * all as f64;
        let mut before = 0;
        for (place, count) in self.0.iter().enumerate() {
            let upto = before + count;
            if *count > 0 && upto as f64 >= rank {
                let last = BOUNDS_NS[BOUNDS_NS.len() - 1];
                let Some(upper) = BOUNDS_NS.get(place) else { return Some(last as f64) };
                let lower = place.checked_sub(1).map_or(0, |place| BOUNDS_NS[place]);
                let part = ((rank - before as f64) / *count as f64).clamp(0.0, 1.0);
                return Some(lower as f64 + (upper - lower) as f64 * part);
            }
            before = upto;
        }
        None
    }

    /// As the database keeps it: the counts with commas between them, without the zeros at the end.
    pub(crate) fn to_text(self) -> String {
        let used = COUNT - self.0.iter().rev().take_while(|count| **count == 0).count();
        let counts: Vec<String> = self.0[..used].iter().map(u64::to_string).collect();
        counts.join(",")
    }

    /// What [`Buckets::to_text`] wrote; `None` for anything else.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let mut counts = [0; COUNT];
        let written = text.split(',').filter(|_| !text.is_empty());
        for (place, count) in written.enumerate() {
            *counts.get_mut(place)? = count.parse().ok()?;
        }
        Some(Self(counts))
    }
}

/// Below this many nanoseconds nobody knows more.
pub(crate) const SHORTEST_NS: u64 = BOUNDS_NS[0];

/// Beyond this many nanoseconds nobody knows more.
pub(crate) const LONGEST_NS: u64 = BOUNDS_NS[BOUNDS_NS.len() - 1];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn of(durations_us: &[u64]) -> Buckets {
        let histogram = Histogram::default();
        for us in durations_us {
            histogram.observe(Duration::from_micros(*us));
        }
        Buckets::of(&histogram)
    }

    fn rounded(buckets: &Buckets, share: f64) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "some microseconds")]
        buckets.quantile(share).map(|ns| (ns / 1000.0).round() as i64)
    }

    #[test]
    fn the_buckets_of_two_processes_together_are_those_of_one_that_had_done_both() {
        let (one, other) = (of(&[5, 40, 900]), of(&[40, 9_000_000]));
        assert_eq!(one.plus(&other), of(&[5, 40, 40, 900, 9_000_000]));
        assert_eq!(one.plus(&other).since(&one), other);
        assert_eq!(other.since(&one.plus(&other)), Buckets::default(), "a count never goes below zero");
    }

    #[test]
    fn a_share_is_found_within_its_bucket() {
        assert_eq!(Buckets::default().quantile(0.5), None);
        let hundred = of(&[vec![60; 98], vec![2_000; 2]].concat());
        assert_eq!((rounded(&hundred, 0.49), rounded(&hundred, 0.98)), (Some(75), Some(100)));
        assert_eq!((rounded(&hundred, 0.99), rounded(&hundred, 1.0)), (Some(1750), Some(2500)));
        assert_eq!(rounded(&of(&[9]), 0.5), Some(5), "under ten microseconds nobody knows more");
        assert_eq!(rounded(&of(&[60_000_000]), 0.5), Some(5_000_000), "nor beyond five seconds");
    }

    #[test]
    fn buckets_are_read_as_written_and_nothing_else_is() {
        for buckets in [Buckets::default(), of(&[5]), of(&[9_000_000]), of(&[60, 60, 2_000])] {
            assert_eq!(Buckets::from_text(&buckets.to_text()), Some(buckets));
        }
        assert_eq!(of(&[60, 60]).to_text(), "0,0,0,2");
        for wrong in ["x", "1,", ",", "-1", "1,,2", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"] {
            assert_eq!(Buckets::from_text(wrong), None, "{wrong}");
        }
    }
}
