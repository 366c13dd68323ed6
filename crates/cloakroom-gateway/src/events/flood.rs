//! How often in a minute what strangers can cause is written down one by one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloakroom::Timestamp;

use crate::events::kind::EventKind;

/// So many of a kind in a minute. Whoever sends more makes the trail no longer, and hides nothing of others' kinds.
const EACH_MINUTE: u32 = 300;

/// What was written down in this minute, and what was not and has not been told of.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    minute: u64,
    written: u32,
    untold: u64,
}

/// Counts by kind.
#[derive(Debug, Default)]
pub(super) struct Flood(Mutex<BTreeMap<EventKind, Window>>);

impl Flood {
    /// Whether one more is written down; counts it either way.
    pub(super) fn admits(&self, kind: EventKind, now: Timestamp) -> bool {
        if !kind.is_by_strangers() {
            return true;
        }
        let minute = now.as_millis() / 60_000;
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(kind).or_default();
        if window.minute != minute {
            (window.minute, window.written) = (minute, 0);
        }
        if window.written < EACH_MINUTE {
            window.written += 1;
            return true;
        }
        window.untold += 1;
        false
    }

    /// How many of which kinds were not written down, since it was last asked.
    pub(super) fn take_untold(&self) -> Vec<(EventKind, u64)> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = windows.iter_mut().map(|(kind, window)| (*kind, std::mem::take(&mut window.untold)));
        untold.filter(|(_, untold)| *untold > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_written_down_so_often_in_a_minute_and_counted_beyond_it() {
        let (flood, kind) = (Flood::default(), EventKind::Throttled);
        let at = |minute: u64| Timestamp::from_millis(minute * 60_000);
        let admitted = |minute| (0..1000).filter(|_| flood.admits(kind, at(minute))).count();
        assert_eq!((admitted(1), admitted(2)), (300, 300));
        assert!(flood.admits(EventKind::UntrustedProxy, at(2)), "another kind is not hidden by it");
        assert_eq!(flood.take_untold(), [(kind, 1400)]);
        assert_eq!(flood.take_untold(), []);
    }

    #[test]
    fn what_users_do_is_always_written_down() {
        let flood = Flood::default();
        assert!((0..10_000).all(|_| flood.admits(EventKind::SignedIn, Timestamp::EPOCH)));
    }
}
