//! The keys that seal, while the program runs.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use cloakroom_core::seal::KeyRing;

/// The key ring of a running program; cheap to clone, and every clone sees a [replaced](SealKeys::replace) ring.
#[derive(Clone)]
pub struct SealKeys(Arc<Shared>);

struct Shared {
    ring: RwLock<Arc<KeyRing>>,
    /// How often the ring was replaced: read on every request, so that the ring is not.
    generation: AtomicU64,
}

impl SealKeys {
    /// The keys of this ring.
    pub fn new(ring: KeyRing) -> Self {
        Self(Arc::new(Shared { ring: RwLock::new(Arc::new(ring)), generation: AtomicU64::new(0) }))
    }

    /// Takes another ring from the next request on. Values that a key of it opens and that another seals now are given out anew;
    /// so nobody is signed out as long as the key that sealed before is still there.
    pub fn replace(&self, ring: KeyRing) {
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    pub(super) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl From<KeyRing> for SealKeys {
    fn from(ring: KeyRing) -> Self {
        Self::new(ring)
    }
}

impl fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealKeys").field(&self.ring()).finish()
    }
}
