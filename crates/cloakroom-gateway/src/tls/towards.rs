//! TLS towards others: servers whose certificates are checked.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Believes these authorities; the well-known ones when there are none.
pub(crate) fn towards(authorities: &[CertificateDer<'static>]) -> ClientConfig {
    let roots = if authorities.is_empty() {
        RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
    } else {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.iter().cloned());
        roots
    };
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the versions of today")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
