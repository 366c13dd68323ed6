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

/// A certificate, and whoever speaks TLS with it.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    files: CertificateFiles,
    current: Arc<Current>,
}

/// The certificate that the next handshake shows.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] when they cannot be used.
    pub(crate) fn load(files: &CertificateFiles) -> Result<Self, TlsError> {
        let current = Arc::new(Current(RwLock::new(files.read()?)));
        Ok(Self { files: files.clone(), current })
    }

    /// What connections are accepted by: TLS 1.2 and 1.3, HTTP/2 where the client speaks it.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    /// Takes up the files whenever they have changed, for as long as the process runs. What cannot be used changes nothing: the
    /// certificate before stays, and the log says why.
    pub(crate) async fn keep_current(self) {
        let mut seen = self.files.changed_at();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let changed_at = self.files.changed_at();
            if changed_at == seen {
                continue;
            }
            match self.files.read() {
                Ok(certificate) => {
                    *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = certificate;
                    seen = changed_at;
                    tracing::info!(chain = %self.files.chain.display(), "the certificate was renewed");
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
    fn read(&self) -> Result<Arc<CertifiedKey>, TlsError> {
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
