//! The certificates of now, and who looks after them.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::task::JoinSet;

use crate::acme::Keeper;
use crate::config::Settings;
use crate::tls::{Acceptor, Certificates, TlsError};

/// What handshakes show, until a reload gives others. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Tls(Arc<InUse>);

#[derive(Debug)]
struct InUse {
    certificates: RwLock<Arc<Certificates>>,
    /// Orders those that nobody has brought.
    keeper: Option<Keeper>,
    /// Whoever takes up files that have changed, and orders; they end when they are dropped.
    looked_after: Mutex<Vec<JoinSet<()>>>,
}

impl Tls {
    /// Shows these certificates of these settings, and looks after them for as long as there is a clone.
    pub(crate) fn begin(certificates: Certificates, settings: &Settings, keeper: Option<Keeper>) -> Self {
        let in_use = InUse { certificates: RwLock::default(), keeper, looked_after: Mutex::default() };
        let tls = Self(Arc::new(in_use));
        tls.show(certificates, settings);
        tls
    }

    /// Reads the certificates of other settings. A host that has one by ACME keeps it.
    ///
    /// # Errors
    /// [`TlsError`] when a file cannot be used.
    pub(crate) fn read(&self, settings: &Settings) -> Result<Certificates, TlsError> {
        Certificates::load(settings, |host| self.0.now().of(host))
    }

    /// From the next handshake on, these.
    pub(crate) fn show(&self, certificates: Certificates, settings: &Settings) {
        let mut looked_after = vec![certificates.keep_current()];
        looked_after
            .extend(self.0.keeper.as_ref().map(|keeper| keeper.keep(settings.acme_hosts(), &certificates)));
        *self.0.certificates.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certificates);
        *self.0.looked_after.lock().unwrap_or_else(PoisonError::into_inner) = looked_after;
    }

    /// What connections are accepted by.
    pub(crate) fn acceptor(&self) -> Acceptor {
        let challenges = self.0.keeper.as_ref().map(Keeper::challenges);
        Acceptor::new(Arc::clone(&self.0) as Arc<dyn ResolvesServerCert>, challenges)
    }
}

impl InUse {
    fn now(&self) -> Arc<Certificates> {
        Arc::clone(&self.certificates.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for InUse {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.now().resolve(hello)
    }
}
