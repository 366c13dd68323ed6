//! How far back somebody looks, and how closely.

use std::time::Duration;

use cloakroom::Timestamp;

/// A stretch of time up to now, cut into slots of equal length that begin at multiples of it since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Span {
    /// By the minute.
    #[default]
    Hour,
    /// By the quarter of an hour.
    Day,
    /// By two hours.
    Week,
}

/// The beginning of a slot, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(super) u64);

impl Span {
    /// All that there are.
    pub(crate) const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// The name, in the database and in addresses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The span of this name.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == word)
    }

    /// How long a slot is.
    pub(crate) const fn slot(self) -> Duration {
        match self {
            Self::Hour => Duration::from_mins(1),
            Self::Day => Duration::from_mins(15),
            Self::Week => Duration::from_hours(2),
        }
    }

    /// How many slots there are.
    pub(crate) const fn slots(self) -> usize {
        match self {
            Self::Hour => 60,
            Self::Day => 96,
            Self::Week => 84,
        }
    }

    /// The slot that a moment lies in.
    pub(crate) fn slot_of(self, at: Timestamp) -> Slot {
        let width = self.width_ms();
        Slot(at.as_millis() / width * width)
    }

    /// The slots that end with this one, in their order.
    pub(super) fn slots_upto(self, last: Slot) -> impl Iterator<Item = Slot> {
        let (width, count) = (self.width_ms(), self.slots() as u64);
        (0..count).map(move |place| Slot(last.0.saturating_sub((count - 1 - place) * width)))
    }

    /// Before this nobody looks any more.
    pub(super) fn oldest(self, now: Timestamp) -> Slot {
        let count = self.slots() as u64 + 2;
        Slot(self.slot_of(now).0.saturating_sub(count * self.width_ms()))
    }

    fn width_ms(self) -> u64 {
        u64::try_from(self.slot().as_millis()).expect("some hours")
    }
}

impl Slot {
    /// When it begins.
    pub(crate) const fn begins_at(self) -> Timestamp {
        Timestamp::from_millis(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_span_is_as_long_as_it_says_and_slots_lie_within_each_other() {
        for (span, length) in [
            (Span::Hour, Duration::from_hours(1)),
            (Span::Day, Duration::from_hours(24)),
            (Span::Week, Duration::from_hours(24 * 7)),
        ] {
            assert_eq!(span.slot() * u32::try_from(span.slots()).unwrap(), length);
            assert_eq!(Span::from_word(span.as_str()), Some(span));
        }
        assert_eq!(Span::Day.slot().as_secs() % Span::Hour.slot().as_secs(), 0);
        assert_eq!(Span::Week.slot().as_secs() % Span::Day.slot().as_secs(), 0);
    }

    #[test]
    fn the_slots_of_a_span_follow_each_other_up_to_the_last() {
        let now = Timestamp::from_millis(1_795_311_907_123);
        let last = Span::Day.slot_of(now);
        assert_eq!(last, Slot(1_795_311_900_000));
        let slots: Vec<Slot> = Span::Day.slots_upto(last).collect();
        assert_eq!((slots.len(), slots[0], slots[95]), (96, Slot(1_795_311_900_000 - 95 * 900_000), last));
        assert!(Span::Day.oldest(now) < slots[0]);
        assert_eq!(Span::Week.slots_upto(Slot(0)).last(), Some(Slot(0)), "the beginning of time");
    }
}
