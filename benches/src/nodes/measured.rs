//! What was measured of one server.

use std::time::Duration;

use super::usage::Usage;
use crate::spread::Spread;

/// One turn of a server.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// How many requests were answered.
    pub requests: u64,
    /// In which time.
    pub took: Duration,
    /// What the server used meanwhile.
    pub node: Usage,
    /// What the server of its store used meanwhile.
    pub store: Usage,
}

/// All turns of a server, the n-th of each in the same round.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    slices: Vec<Slice>,
}

impl Slice {
    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "no slice has 2^52 requests")]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }

    /// Microseconds of this time for each request.
    #[expect(clippy::cast_precision_loss, reason = "no slice has 2^52 requests")]
    fn each_us(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1e6 / self.requests as f64
    }
}

impl Measured {
    /// One more turn.
    pub fn push(&mut self, slice: Slice) {
        self.slices.push(slice);
    }

    /// Requests a second.
    pub fn rate(&self) -> Spread {
        Spread::of(self.slices.iter().map(Slice::rate))
    }

    /// Requests a second, as a ratio to another server's, round by round.
    pub fn rate_over(&self, other: &Self) -> Spread {
        self.over(other, Slice::rate)
    }

    /// The other's time on the processor for a request, as a ratio to ours, round by round: how many requests we answer in
    /// the time that it takes for one.
    pub fn thrift_over(&self, other: &Self) -> Spread {
        self.over(other, |slice| 1.0 / slice.each_us(slice.node.busy))
    }

    /// Microseconds on the processor for each request.
    pub fn node_us(&self) -> Spread {
        Spread::of(self.slices.iter().map(|slice| slice.each_us(slice.node.busy)))
    }

    /// Microseconds on the processor for each request, of the store's server.
    pub fn store_us(&self) -> Spread {
        Spread::of(self.slices.iter().map(|slice| slice.each_us(slice.store.busy)))
    }

    /// Which part of the time the server was ready to run and had no processor.
    pub fn waited(&self) -> Spread {
        Spread::of(self.slices.iter().map(|slice| slice.node.waited.as_secs_f64() / slice.took.as_secs_f64()))
    }

    fn over(&self, other: &Self, value: impl Fn(&Slice) -> f64) -> Spread {
        Spread::of(self.slices.iter().zip(&other.slices).map(|(ours, theirs)| value(ours) / value(theirs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(slices: &[(u64, u64)]) -> Measured {
        let slices = slices.iter().map(|(requests, busy_ms)| Slice {
            requests: *requests,
            took: Duration::from_secs(1),
            node: Usage { busy: Duration::from_millis(*busy_ms), waited: Duration::from_millis(100) },
            store: Usage::default(),
        });
        Measured { slices: slices.collect() }
    }

    #[test]
    fn rates_are_compared_within_each_round() {
        // The machine was slow in the second round, which hit both.
        let (ours, theirs) = (measured(&[(900, 1), (90, 1)]), measured(&[(1000, 1), (100, 1)]));
        let ratio = ours.rate_over(&theirs);
        assert!((ratio.low, ratio.high) == (0.9, 0.9), "{ratio:.3}");
    }

    #[test]
    fn who_takes_twice_the_time_for_a_request_has_half_the_thrift() {
        let (ours, theirs) = (measured(&[(1000, 200)]), measured(&[(500, 50)]));
        assert!((ours.thrift_over(&theirs).median - 0.5).abs() < 1e-9);
        assert!((ours.node_us().median - 200.0).abs() < 1e-9);
        assert!((ours.waited().median - 0.1).abs() < 1e-9);
    }
}
