//! Sealing and opening session values, for the cookie and under the keys of now.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use cloakroom_core::machine::Held;
use cloakroom_core::record::Record;
use cloakroom_core::seal::{Purpose, SealError, Sealer};
use cloakroom_core::sealed::{Epochs, SealedSecret, SealedSession, Terms};
use cloakroom_core::{Entropy, Lifetime, Slots, Subject, Timestamp};

use super::SealKeys;
use crate::error::Error;
use crate::slot::SlotError;

/// What an engine with sealed sessions has beside one with stored ones.
pub(crate) struct Sealing {
    keys: SealKeys,
    cookie: String,
    current: RwLock<(u64, Arc<Sealer>)>,
    /// How long a session may live that nothing can end; `None` where marks can.
    irrevocable_for_at_most: Option<Duration>,
}

/// A value for the cookie.
pub(crate) struct SealedText(String);

impl SealedText {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Sealing {
    pub(super) fn new(keys: SealKeys, cookie: &str, irrevocable_for_at_most: Option<Duration>) -> Self {
        let current = RwLock::new((keys.generation(), Arc::new(sealer(&keys, cookie))));
        Self { keys, cookie: cookie.to_owned(), current, irrevocable_for_at_most }
    }

    /// The same for another cookie.
    pub(crate) fn of_cookie(&self, cookie: &str) -> Self {
        Self::new(self.keys.clone(), cookie, self.irrevocable_for_at_most)
    }

    pub(crate) const fn is_revocable(&self) -> bool {
        self.irrevocable_for_at_most.is_none()
    }

    pub(super) fn sealer(&self) -> Arc<Sealer> {
        let generation = self.keys.generation();
        let (of, current) = {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            (current.0, Arc::clone(&current.1))
        };
        if of == generation {
            return current;
        }
        let fresh = Arc::new(sealer(&self.keys, &self.cookie));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (generation, Arc::clone(&fresh));
        fresh
    }

    /// When a value of this record ends for good.
    fn ends_at(&self, record: &Record, lifetime: &Lifetime) -> Timestamp {
        let end = lifetime.absolute_end(record.proven_at());
        match self.irrevocable_for_at_most {
            Some(at_most) => end.min(record.proven_at().after(at_most)),
            None => end,
        }
    }

    /// Seals a session under these epochs.
    pub(super) fn seal(
        &self,
        held: &Held,
        epochs: Epochs,
        secret: SealedSecret,
        lifetime: &Lifetime,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(SealedText, Terms), Error> {
        let terms = Terms { epochs, secret, ends_at: self.ends_at(&held.record, lifetime) };
        let payload = SealedSession::encode(held.id, &held.record, &terms, lifetime);
        match self.sealer().seal(&payload, now, entropy) {
            Ok(text) => Ok((SealedText(text), terms)),
            Err(SealError::TooLarge { octets, octets_max }) => {
                Err(SlotError::NoRoom { octets, octets_max }.into())
            }
            Err(SealError::Entropy(error)) => Err(error.into()),
            Err(SealError::NoKey) => Err(Error::NoSealingKey),
        }
    }

    /// Whether a session with these slots fits into the cookie, whoever signs in, with so many octets of its client's texts.
    pub(crate) fn check_room(&self, slots: &Slots, client_len_max: usize) -> Result<(), SlotError> {
        /// What the rest of a record takes at most: identifiers, digest, proofs and times.
        const REST_OCTETS: usize = 272;
        let octets_max = self.sealer().payload_len_max();
        let octets = slots.octets() + REST_OCTETS + Subject::LEN_MAX + client_len_max;
        if octets > octets_max { Err(SlotError::NoRoom { octets, octets_max }) } else { Ok(()) }
    }
}

fn sealer(keys: &SealKeys, cookie: &str) -> Sealer {
    Sealer::new(keys.ring(), Purpose::SESSION, cookie)
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing").field("keys", &self.keys).finish_non_exhaustive()
    }
}
