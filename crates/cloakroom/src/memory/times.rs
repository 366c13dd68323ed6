//! The three times of a session, in sixteen octets.
//!
//! ```text
//! word = created, 48 bits | last seen since created, 40 bits | expires since created, 40 bits
//! ```
//! In milliseconds that is until the year 10889 and for 34 years. Other times are legal and simply do not fit.

use cloakroom_core::Timestamp;
use cloakroom_core::store::{Row, Touch};

const CREATED_BITS: u32 = 48;
const SPAN_BITS: u32 = 40;

/// When a session began, was last seen and expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) created: Timestamp,
    pub(super) last_seen: Timestamp,
    pub(super) expires: Timestamp,
}

impl Times {
    /// What stands in the place of times that do not fit.
    pub(super) const WIDE: [u8; 16] = [0xff; 16];

    pub(super) const fn of(row: &Row) -> Self {
        Self { created: row.created_at, last_seen: row.last_seen_at, expires: row.expires_at }
    }

    /// These times after an activity: each moves on its own and never back.
    pub(super) fn touched(self, touch: Touch) -> Self {
        Self {
            created: self.created,
            last_seen: self.last_seen.max(touch.last_seen_at),
            expires: self.expires.max(touch.expires_at),
        }
    }

    /// These times as a word; `None` when they do not fit.
    pub(super) fn pack(self) -> Option<[u8; 16]> {
        let created = self.created.as_millis();
        let seen = self.last_seen.as_millis().checked_sub(created)?;
        let expires = self.expires.as_millis().checked_sub(created)?;
        if created >> CREATED_BITS != 0 || seen >> SPAN_BITS != 0 || expires >> SPAN_BITS != 0 {
            return None;
        }
        let word = u128::from(created)
            | u128::from(seen) << CREATED_BITS
            | u128::from(expires) << (CREATED_BITS + SPAN_BITS);
        Some(word.to_le_bytes()).filter(|word| *word != Self::WIDE)
    }

    /// The times of a word; `None` for [`Times::WIDE`].
    #[inline]
    pub(super) fn unpack(word: [u8; 16]) -> Option<Self> {
        if word == Self::WIDE {
            return None;
        }
        let word = u128::from_le_bytes(word);
        let field = |shift: u32, bits: u32| {
            u64::try_from(word >> shift & ((1 << bits) - 1)).expect("a field has at most 48 bits")
        };
        let created = field(0, CREATED_BITS);
        Some(Self {
            created: Timestamp::from_millis(created),
            last_seen: Timestamp::from_millis(created + field(CREATED_BITS, SPAN_BITS)),
            expires: Timestamp::from_millis(created + field(CREATED_BITS + SPAN_BITS, SPAN_BITS)),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(created: u64, seen: u64, expires: u64) -> Times {
        Times {
            created: Timestamp::from_millis(created),
            last_seen: Timestamp::from_millis(seen),
            expires: Timestamp::from_millis(expires),
        }
    }

    #[test]
    fn times_that_do_not_fit_say_so() {
        let span = (1 << SPAN_BITS) - 1;
        let created = (1 << CREATED_BITS) - 1;
        assert_eq!(times(10, 9, 20).pack(), None);
        assert_eq!(times(10, 10, 9).pack(), None);
        assert_eq!(times(0, 0, u64::MAX).pack(), None);
        assert_eq!(times(created + 1, created + 1, created + 1).pack(), None);
        assert_eq!(times(created, created + span, created + span).pack(), None);
        assert!(times(created, created + span, created).pack().is_some());
    }

    proptest! {
        #[test]
        fn times_that_fit_come_back(created in 0_u64..1 << 48, seen in 0_u64..1 << 40, expires in 0_u64..1 << 40) {
            let times = times(created, created + seen, created + expires);
            if let Some(word) = times.pack() {
                prop_assert_eq!(Times::unpack(word), Some(times));
            }
        }
    }
}
