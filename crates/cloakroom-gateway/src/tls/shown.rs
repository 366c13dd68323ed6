//! The certificate of one host, as handshakes find it.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::sign::CertifiedKey;

/// The certificate that the next handshake shows, once there is one. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown(Arc<RwLock<Option<Arc<CertifiedKey>>>>);

impl Shown {
    pub(super) fn now(certificate: Arc<CertifiedKey>) -> Self {
        Self(Arc::new(RwLock::new(Some(certificate))))
    }

    /// Another from now on.
    pub(crate) fn set(&self, certificate: Arc<CertifiedKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    pub(super) fn get(&self) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
