//! What a process remembers for a short while of session IDs; bounded, and only ever a help.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use cloakroom_core::{SessionId, Timestamp, minutes};

/// IDs that have been seen: one place each, the latest wins.
pub(crate) struct SeenIds([AtomicU64; 512]);

impl Default for SeenIds {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl SeenIds {
    pub(crate) fn is_new(&self, id: SessionId) -> bool {
        let (mark, rest) = id.as_octets().split_first_chunk().expect("an ID has 16 octets");
        let place = usize::from(rest[0]) + 256 * usize::from(rest[1] & 1);
        let mark = u64::from_le_bytes(*mark);
        self.0[place].swap(mark, Ordering::Relaxed) != mark
    }
}

/// Values that were seen of sessions: one place each, the latest wins. 32 KiB.
pub(crate) struct SeenChanges {
    places: Box<[AtomicU64]>,
    /// Nobody can choose values that take each other's places.
    hasher: RandomState,
}

impl Default for SeenChanges {
    fn default() -> Self {
        Self { places: (0..4096).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }
}

impl SeenChanges {
    pub(crate) fn is_new(&self, id: SessionId, property: &'static str, value: Option<&str>) -> bool {
        let mark = self.hasher.hash_one((id.as_octets(), property, value));
        let place = usize::try_from(mark % self.places.len() as u64).expect("there are few places");
        self.places[place].swap(mark, Ordering::Relaxed) != mark
    }
}

/// Sessions that ended because their browser signed in, so that it holds another token by now.
///
/// A request that was sent before, and arrives after, must not begin a visitor's session: its cookie would take the place
/// of the one that the sign-in has just set.
#[derive(Default)]
pub(crate) struct Superseded(Mutex<VecDeque<(SessionId, Timestamp)>>);

impl Superseded {
    const IDS_MAX: usize = 4096;

    pub(crate) fn add(&self, id: SessionId, now: Timestamp) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while ids.len() >= Self::IDS_MAX || ids.front().is_some_and(|(_, at)| is_over(*at, now)) {
            ids.pop_front();
        }
        ids.push_back((id, now));
    }

    pub(crate) fn contains(&self, id: SessionId, now: Timestamp) -> bool {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.iter().rev().any(|(superseded, at)| *superseded == id && !is_over(*at, now))
    }
}

/// No request is under way for longer.
fn is_over(at: Timestamp, now: Timestamp) -> bool {
    now.since(at) >= minutes(2)
}
