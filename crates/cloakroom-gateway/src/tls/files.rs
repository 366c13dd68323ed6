//! A certificate from files, taken up again when they change.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use thiserror::Error;

use crate::tls::Shown;

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

impl CertificateFiles {
    /// What the files hold.
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

    /// Takes up the files whenever they have changed, for as long as the process runs. What cannot be used changes nothing: the
    /// certificate before stays, and the log says why.
    pub(super) async fn keep_current(self, shown: Shown) {
        let mut seen = self.changed_at();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let changed_at = self.changed_at();
            if changed_at == seen {
                continue;
            }
            match self.read() {
                Ok(certificate) => {
                    shown.set(certificate);
                    seen = changed_at;
                    tracing::info!(chain = %self.chain.display(), "the certificate was renewed");
                }
                // The two files are written one after the other; it is looked at again.
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the new certificate cannot be used, and the old one stays"
                ),
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.chain, &self.key]
            .map(|path| path.metadata().ok().as_ref().and_then(|file| Metadata::modified(file).ok()))
    }
}
