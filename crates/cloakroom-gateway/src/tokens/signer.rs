//! The key that signs now.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use cloakroom::Timestamp;
use cloakroom_jwt::SigningKey;

/// Holds the key that signs now, for whoever mints; the keeper changes it.
#[derive(Debug)]
pub(super) struct Signer(RwLock<Arc<Signing>>);

/// A key, and until when it may sign.
pub(super) struct Signing {
    pub(super) key: Arc<SigningKey>,
    /// What it signs until then, applications can verify for as long as they accept it.
    pub(super) usable_until: Timestamp,
}

impl Signer {
    pub(super) fn new(signing: Signing) -> Self {
        Self(RwLock::new(Arc::new(signing)))
    }

    /// The key to sign with; `None` when it has not been published for long enough ahead.
    pub(super) fn signing(&self, now: Timestamp) -> Option<Arc<Signing>> {
        let signing = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        (now < signing.usable_until).then_some(signing)
    }

    pub(super) fn set(&self, signing: Signing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(signing);
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing")
            .field("key", self.key.id())
            .field("usable_until", &self.usable_until)
            .finish()
    }
}
