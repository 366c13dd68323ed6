//! Sign-outs that the store could not take, to be made up for.
//!
//! A sign-out during a store failure is reported as failed, since another process may still accept the session. This
//! process does not: it remembers the token's digest, refuses it, and ends the session as soon as the store is back.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cloakroom_core::{SecretDigest, SessionId};

/// Sign-outs that wait for the store, a bounded number of them.
#[derive(Default)]
pub(crate) struct Doomed {
    /// Read on every look-up, so that the map is not.
    waiting: AtomicUsize,
    /// By ID and digest, so that a wrong secret for a known ID pushes no right one out.
    digests: Mutex<HashSet<(SessionId, [u8; SecretDigest::LEN])>>,
}

impl Doomed {
    const WAITING_MAX: usize = 10_000;

    /// Remembers that whoever holds this secret wanted to be signed out. The secret is checked when the store is back: the
    /// ID alone, which is public, ends no session.
    pub(crate) fn add(&self, id: SessionId, digest: SecretDigest) {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if digests.len() < Self::WAITING_MAX {
            digests.insert((id, *digest.as_octets()));
        }
        self.waiting.store(digests.len(), Ordering::Release);
    }

    pub(crate) fn contains(&self, id: SessionId, digest: &SecretDigest) -> bool {
        let sought = (id, *digest.as_octets());
        self.any() && self.digests.lock().unwrap_or_else(PoisonError::into_inner).contains(&sought)
    }

    pub(crate) fn any(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    pub(crate) fn remove(&self, id: SessionId, digest: &SecretDigest) {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.remove(&(id, *digest.as_octets()));
        self.waiting.store(digests.len(), Ordering::Release);
    }

    pub(crate) fn all(&self) -> Vec<(SessionId, SecretDigest)> {
        let digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.iter().map(|(id, digest)| (*id, SecretDigest::from_octets(*digest))).collect()
    }
}
