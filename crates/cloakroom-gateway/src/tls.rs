//! TLS of our own: a certificate from files, taken up again when they change.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at. Whatever renews certificates does so weeks before they expire.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read, or is not PEM.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no certificate in the file.
    #[error("there is no certificate in {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The two do not belong together, or are of a kind that rustls does not know.
    #[error("the key in {} cannot be used with the certificate", path.display())]
    Unusable {
        /// The file of the key.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// Where certificate and key are, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, our own certificate first.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A certificate, and whoever speaks TLS with it. Clones show the same.
#[derive(Clone, Debug)]
pub(crate) struct Tls(Arc<Current>);

/// The certificate that the next handshake shows.
#[derive(Debug)]
struct Current(RwLock<Arc<Shown>>);

/// A certificate, and where it is from.
#[derive(Debug)]
pub(crate) struct Shown {
    certificate: Arc<CertifiedKey>,
    files: CertificateFiles,
    /// When the files were written that it was read from.
    changed_at: [Option<SystemTime>; 2],
}

impl Current {
    fn get(&self) -> Arc<Shown> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.get().certificate))
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] when they cannot be used.
    pub(crate) fn load(files: &CertificateFiles) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(Current(RwLock::new(Arc::new(Self::read(files)?))))))
    }

    /// Reads a certificate that may be shown.
    ///
    /// # Errors
    /// [`TlsError`] when the files cannot be used.
    pub(crate) fn read(files: &CertificateFiles) -> Result<Shown, TlsError> {
        // Before they are read: what is written meanwhile is looked at again.
        let changed_at = files.changed_at();
        Ok(Shown { certificate: files.read()?, files: files.clone(), changed_at })
    }

    /// From the next handshake on, this one, whose files are the ones that are looked at.
    pub(crate) fn show(&self, read: Shown) {
        *self.0.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
    }

    /// The same, unless a reload has named other files meanwhile.
    fn show_instead_of(&self, seen: &Arc<Shown>, read: Shown) {
        let mut current = self.0.0.write().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, seen) {
            *current = Arc::new(read);
        }
    }

    /// What connections are accepted by: TLS 1.2 and 1.3, HTTP/2 where the client speaks it.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.0) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    /// Takes up the files whenever they have changed, for as long as the process runs. What cannot be used changes nothing: the
    /// certificate before stays, and the log says why.
    pub(crate) async fn keep_current(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let shown = self.0.get();
            if shown.files.changed_at() == shown.changed_at {
                continue;
            }
            match Self::read(&shown.files) {
                Ok(read) => {
                    tracing::info!(chain = %shown.files.chain.display(), "the certificate was renewed");
                    self.show_instead_of(&shown, read);
                }
                // The two files are written one after the other; it is looked at again.
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the new certificate cannot be used, and the old one stays"
                ),
            }
        }
    }
}

impl CertificateFiles {
    pub(crate) fn read(&self) -> Result<Arc<CertifiedKey>, TlsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| TlsError::Unreadable { path, source }
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&self.chain)
            .and_then(Iterator::collect)
            .map_err(unreadable(&self.chain))?;
        if chain.is_empty() {
            return Err(TlsError::Empty { path: self.chain.clone() });
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(unreadable(&self.key))?;
        let certified = CertifiedKey::from_der(chain, key, &ring::default_provider());
        certified.map(Arc::new).map_err(|source| TlsError::Unusable { path: self.key.clone(), source })
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.chain, &self.key]
            .map(|path| path.metadata().ok().as_ref().and_then(|file| Metadata::modified(file).ok()))
    }
}
