//! Places in the trail.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The number of an event: numbers become visible in their order and without gaps, whichever process writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventNumber(pub(super) i64);

impl EventNumber {
    /// The number of an event that somebody has met, as they say.
    pub(crate) const fn met(number: i64) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EventNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The place behind an event in a list that begins with the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCursor {
    pub(super) at_ms: i64,
    pub(super) number: i64,
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a cursor is what came with the page before")]
pub struct InvalidEventCursor;

impl EventCursor {
    /// Before the newest of all.
    pub(super) const START: Self = Self { at_ms: i64::MAX, number: i64::MAX };
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at_ms, self.number)
    }
}

impl FromStr for EventCursor {
    type Err = InvalidEventCursor;

    fn from_str(text: &str) -> Result<Self, InvalidEventCursor> {
        let (at_ms, number) = text.split_once('-').ok_or(InvalidEventCursor)?;
        let whole = |digits: &str| {
            let is_plain = digits.bytes().all(|c| c.is_ascii_digit());
            digits.parse().ok().filter(|_| is_plain).ok_or(InvalidEventCursor)
        };
        Ok(Self { at_ms: whole(at_ms)?, number: whole(number)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_is_written() {
        for cursor in [EventCursor { at_ms: 1_700_000_000_123, number: 7 }, EventCursor::START] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for wrong in ["", "1", "-", "1-", "+1-2", "1--2", "99999999999999999999-1"] {
            assert!(wrong.parse::<EventCursor>().is_err(), "{wrong}");
        }
    }
}
