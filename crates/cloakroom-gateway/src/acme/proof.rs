//! The proof that a host is ours, which an ACME server looks for in a handshake.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::acme::{AcmeError, Shelf};
use crate::installation::Installation;

/// How long a challenge is kept, in case nobody takes it away.
const KEPT: Duration = Duration::from_mins(15);

/// The challenges that are under way, at whichever instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Challenges {
    shelf: Shelf,
    installation: Installation,
}

/// One certificate for whoever asks.
#[derive(Debug)]
struct Only(Arc<CertifiedKey>);

impl ResolvesServerCert for Only {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

impl Challenges {
    pub(crate) const fn new(shelf: Shelf, installation: Installation) -> Self {
        Self { shelf, installation }
    }

    /// Puts a challenge where every instance finds it.
    pub(super) async fn put(&self, host: &str, digest: &[u8]) -> Result<(), AcmeError> {
        let until = self.installation.now().after(KEPT);
        Ok(self.shelf.put(&name(host), digest, until).await?)
    }

    pub(super) async fn remove(&self, host: &str) {
        if let Err(error) = self.shelf.remove(&name(host)).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a challenge stays until its end");
        }
    }

    /// What a handshake shows to an ACME server; `None` when nobody has asked it for this host.
    ///
    /// Whoever comes costs a look at the database and, where a challenge is under way, a key.
    pub(crate) async fn proof(&self, host: &str) -> Option<Arc<dyn ResolvesServerCert>> {
        if host.is_empty() || host.len() > 253 {
            return None;
        }
        let digest = self.shelf.get(&name(host), self.installation.now()).await;
        let digest = digest.inspect_err(|error| {
            tracing::warn!(error = error as &dyn std::error::Error, "a challenge could not be looked up");
        });
        let proof = certificate(host, &digest.ok()??);
        let proof = proof.inspect_err(|error| {
            tracing::warn!(error = error as &dyn std::error::Error, "a challenge could not be met");
        });
        Some(Arc::new(Only(proof.ok()?)))
    }
}

fn name(host: &str) -> String {
    format!("challenge:{host}")
}

/// A certificate that nobody vouches for, with the digest in it.
///
/// Source: RFC 8737 3.
fn certificate(host: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, AcmeError> {
    if digest.len() != 32 {
        return Err(AcmeError::Unusable);
    }
    let mut params = CertificateParams::new([host.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|_| AcmeError::Unusable)?;
    // Not by the way that looks whether the two belong together: it reads the certificate, and knows no such extension.
    let key = ring::sign::any_supported_type(&key).map_err(|_| AcmeError::Unusable)?;
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
}
