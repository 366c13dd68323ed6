//! The keys of an installation: one that seals, and those that still open.

use std::fmt;

use thiserror::Error;

use super::{KeyId, SealKey};
use crate::time::Timestamp;

/// Keys in the order of their activation.
///
/// The active key that came last seals; every key opens until it is retired. To rotate without signing anyone out, hand a new
/// key to all nodes, active from a moment when the last of them will have it; retire the old one when what it sealed has expired
/// or was sealed anew.
///
/// A key seals up to 2 to the 32nd values before its nonces may collide: rotate well before, yearly or at four thousand million
/// sealed answers.
///
/// Source: NIST SP 800-38D 8.3; ASVS 5.0 11.1.2, 11.2.2.
pub struct KeyRing(Vec<Entry>);

struct Entry {
    key: SealKey,
    active_from: Timestamp,
    retired_from: Option<Timestamp>,
}

/// Keys that make no ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyRingError {
    /// There is none.
    #[error("a key ring has at least one key")]
    Empty,
    /// A key is there twice, or another has the same ID.
    #[error("two keys of the ring have the ID {0}")]
    Duplicate(KeyId),
    /// A key is retired before it is active.
    #[error("the key {0} is retired before it is active")]
    NeverActive(KeyId),
}

impl KeyRing {
    /// A ring of one key, active from ever on.
    pub fn new(key: SealKey) -> Self {
        Self(vec![Entry { key, active_from: Timestamp::from_millis(0), retired_from: None }])
    }

    /// A ring of these keys, of which the first seals and all open.
    ///
    /// # Errors
    /// [`KeyRingError`] when there is none, or one is there twice.
    pub fn newest_first(keys: impl IntoIterator<Item = SealKey>) -> Result<Self, KeyRingError> {
        let mut keys: Vec<SealKey> = keys.into_iter().collect();
        let mut ring = Self::new(keys.pop().ok_or(KeyRingError::Empty)?);
        for key in keys.into_iter().rev() {
            ring = ring.with(key, Timestamp::from_millis(0), None)?;
        }
        Ok(ring)
    }

    /// One more key, which seals from `active_from` on and opens nothing from `retired_from` on.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub fn with(
        mut self,
        key: SealKey,
        active_from: Timestamp,
        retired_from: Option<Timestamp>,
    ) -> Result<Self, KeyRingError> {
        if self.0.iter().any(|entry| entry.key.id() == key.id()) {
            return Err(KeyRingError::Duplicate(key.id()));
        }
        if retired_from.is_some_and(|retired_from| retired_from <= active_from) {
            return Err(KeyRingError::NeverActive(key.id()));
        }
        self.0.push(Entry { key, active_from, retired_from });
        // A key that is added later seals instead of one that is active from the same moment on.
        self.0.sort_by_key(|entry| entry.active_from);
        Ok(self)
    }

    /// Where the key that seals now stands in the ring.
    pub(super) fn sealing(&self, now: Timestamp) -> Option<usize> {
        self.0.iter().rposition(|entry| entry.active_from <= now && !entry.is_retired(now))
    }

    /// Where the key of this ID stands, unless it is retired. One that is not active yet opens: another node may be ahead.
    pub(super) fn opening(&self, id: KeyId, now: Timestamp) -> Option<usize> {
        self.0.iter().position(|entry| entry.key.id() == id && !entry.is_retired(now))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &SealKey> {
        self.0.iter().map(|entry| &entry.key)
    }
}

impl Entry {
    fn is_retired(&self, now: Timestamp) -> bool {
        self.retired_from.is_some_and(|retired_from| retired_from <= now)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys().map(SealKey::id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(octet: u8) -> SealKey {
        SealKey::from_entropy([octet; 32])
    }

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn sealing(ring: &KeyRing, ms: u64) -> Option<KeyId> {
        ring.sealing(at(ms)).and_then(|place| ring.keys().nth(place)).map(SealKey::id)
    }

    #[test]
    fn the_newest_active_key_seals_and_the_old_one_opens_until_it_is_retired() {
        let ring = KeyRing::newest_first([key(1)]).unwrap().with(key(2), at(100), None).unwrap();
        let [old, new] = [key(1).id(), key(2).id()];
        assert_eq!((sealing(&ring, 99), sealing(&ring, 100)), (Some(old), Some(new)));
        assert!(ring.opening(old, at(1000)).is_some());
        assert!(ring.opening(new, at(99)).is_some(), "another node may be ahead");
        let ring = KeyRing::new(key(2)).with(key(1), at(0), Some(at(200))).unwrap();
        assert!(ring.opening(old, at(199)).is_some());
        assert!(ring.opening(old, at(200)).is_none());
        assert_eq!(sealing(&ring, 200), Some(new));
    }

    #[test]
    fn of_several_keys_the_first_seals() {
        let ring = KeyRing::newest_first([key(3), key(2), key(1)]).unwrap();
        assert_eq!(sealing(&ring, 0), Some(key(3).id()));
        assert!([1, 2, 3].iter().all(|octet| ring.opening(key(*octet).id(), at(0)).is_some()));
    }

    #[test]
    fn a_ring_without_keys_and_one_with_a_key_twice_are_refused() {
        assert_eq!(KeyRing::newest_first([]).unwrap_err(), KeyRingError::Empty);
        let twice = KeyRing::newest_first([key(1), key(1)]).unwrap_err();
        assert_eq!(twice, KeyRingError::Duplicate(key(1).id()));
        let never = KeyRing::new(key(1)).with(key(2), at(5), Some(at(5))).unwrap_err();
        assert_eq!(never, KeyRingError::NeverActive(key(2).id()));
    }
}
