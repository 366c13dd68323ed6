//! Points in time and spans of it, as values: the core never reads a clock.

use std::fmt;
use std::time::Duration;

/// Milliseconds since the Unix epoch, by the clock of the process.
///
/// A timestamp is always an argument: whoever calls the core says what time it is, and promises that the
/// values of one process never go back ([`Clock`](crate::Clock) is that promise, so a wall clock that is set back
/// revives nothing).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch, the earliest timestamp there is.
    pub const EPOCH: Self = Self(0);
    /// Later than any session can live.
    pub const MAX: Self = Self(u64::MAX);

    /// The point `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The span from `earlier` to this point; zero when `earlier` is not earlier.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This point moved on by `span`, rounded down to a millisecond; stops at [`Timestamp::MAX`].
    #[must_use]
    pub const fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(as_millis(span)))
    }

    /// This point moved back by `span`, rounded down to a millisecond; stops at [`Timestamp::EPOCH`].
    #[must_use]
    pub const fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(as_millis(span)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// A span of whole seconds, usable in a const.
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A span of whole minutes, usable in a const.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// A span of whole hours, usable in a const.
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3600)
}

/// Whole milliseconds of a span; a span too long to count stops at the largest number.
pub(crate) const fn as_millis(span: Duration) -> u64 {
    let millis = span.as_millis();
    if millis > u64::MAX as u128 { u64::MAX } else { span.as_secs() * 1000 + span.subsec_millis() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_timestamp_stops_at_both_ends() {
        assert_eq!(Timestamp::MAX.after(seconds(1)), Timestamp::MAX);
        assert_eq!(Timestamp::EPOCH.before(seconds(1)), Timestamp::EPOCH);
        assert_eq!(Timestamp::from_millis(5).after(Duration::MAX), Timestamp::MAX);
    }

    #[test]
    fn a_span_to_an_earlier_point_is_zero() {
        assert_eq!(Timestamp::from_millis(1).since(Timestamp::from_millis(2)), Duration::ZERO);
    }
}
