//! Sign-outs that the store could not take, to be made up for.
//!
//! A sign-out during a store failure is reported as failed, since another process may still accept the session. This
//! process does not: it remembers the token's digest, refuses it, and ends the session as soon as the store is back.
//!
//! All origins of a session share what waits: a sign-out at one is felt at the others, and made up for by whoever comes first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloakroom_core::AudienceRules;
use cloakroom_core::{SecretDigest, SessionId};

/// Sign-outs that wait for the store, a bounded number of them.
#[derive(Default)]
pub(crate) struct Doomed {
    /// Read on every look-up, so that the map is not.
    waiting: AtomicUsize,
    /// Several for a session, so that a wrong secret for a known ID pushes no right one out.
    dooms: Mutex<HashMap<SessionId, Vec<Doom>>>,
}

/// A sign-out that waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doom {
    digest: [u8; SecretDigest::LEN],
    /// Whose tokens that is one of; the sign-in's where it is nobody's.
    pub(crate) audience: Option<AudienceRules>,
    /// Whether it was found good before the store failed. Else it is looked at when the store is back: the ID alone, which is public, ends
    /// no session, nor is one refused for it.
    is_proved: bool,
}

impl Doom {
    /// Somebody wanted to be signed out who holds this secret, as is known.
    pub(crate) const fn proved(digest: SecretDigest, audience: Option<AudienceRules>) -> Self {
        Self { digest: *digest.as_octets(), audience, is_proved: true }
    }

    /// Somebody wanted to be signed out who says that they hold this secret.
    pub(crate) const fn claimed(digest: SecretDigest, audience: Option<AudienceRules>) -> Self {
        Self { digest: *digest.as_octets(), audience, is_proved: false }
    }

    /// The digest of the secret.
    pub(crate) const fn digest(&self) -> SecretDigest {
        SecretDigest::from_octets(self.digest)
    }
}

impl Doomed {
    const WAITING_MAX: usize = 10_000;

    /// Remembers a sign-out.
    pub(crate) fn add(&self, id: SessionId, doom: Doom) {
        let mut dooms = self.lock();
        if self.waiting.load(Ordering::Acquire) >= Self::WAITING_MAX {
            return;
        }
        let of_session = dooms.entry(id).or_default();
        if let Some(before) = of_session.iter_mut().find(|before| before.digest == doom.digest) {
            before.is_proved |= doom.is_proved;
        } else {
            of_session.push(doom);
            self.waiting.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The sign-out that stands against this secret, of whichever origin's tokens it is.
    pub(crate) fn find(&self, id: SessionId, digest: &SecretDigest) -> Option<Doom> {
        if !self.any() {
            return None;
        }
        let dooms = self.lock();
        let stands = |doom: &&Doom| doom.is_proved || doom.digest == *digest.as_octets();
        dooms.get(&id)?.iter().find(stands).copied()
    }

    pub(crate) fn any(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    pub(crate) fn remove(&self, id: SessionId, digest: &SecretDigest) {
        let mut dooms = self.lock();
        let Some(of_session) = dooms.get_mut(&id) else { return };
        let before = of_session.len();
        of_session.retain(|doom| doom.digest != *digest.as_octets());
        self.waiting.fetch_sub(before - of_session.len(), Ordering::AcqRel);
        if of_session.is_empty() {
            dooms.remove(&id);
        }
    }

    pub(crate) fn all(&self) -> Vec<(SessionId, Doom)> {
        let dooms = self.lock();
        dooms.iter().flat_map(|(id, dooms)| dooms.iter().map(|doom| (*id, *doom))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Vec<Doom>>> {
        self.dooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
