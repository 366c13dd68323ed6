//! A certification authority for one test run, which both browsers are told to trust.
//!
//! An error that is waved through is not the same: browsers then leave parts of TLS's promises out, such as
//! `Strict-Transport-Security`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::place::PLACE;
use super::programs::program;

/// Every host that is ever visited.
const NAMES: [&str; 3] = ["bank.test", "sub.bank.test", "evil.test"];

struct Authority {
    certificate: PathBuf,
    server: Arc<ServerConfig>,
}

static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// What the sites show to the browsers.
pub fn server_config() -> Arc<ServerConfig> {
    Arc::clone(&AUTHORITY.server)
}

impl Authority {
    fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = || KeyPair::generate().expect("there is randomness");
        let authority = CertifiedIssuer::self_signed(authority, key()).expect("the parameters are right");
        let sites = CertificateParams::new(NAMES.map(str::to_owned)).expect("these are names of hosts");
        let sites_key = key();
        let chain = vec![sites.signed_by(&sites_key, &authority).expect("the parameters are right").into()];
        let sites_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(sites_key.serialize_der()));
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(chain, sites_key)
            .expect("the key is the certificate's");
        let certificate = PLACE.join("authority.pem");
        fs::write(&certificate, authority.pem()).expect("the folder is ours");
        Self { certificate, server: Arc::new(server) }
    }
}

/// Makes a database of certificates in which the authority alone is trusted, as both browsers read it.
pub(super) fn trust_in(database: &Path) {
    let database = format!("sql:{}", database.display());
    certutil(&["-N", "-d", &database, "--empty-password"]);
    let certificate = AUTHORITY.certificate.display().to_string();
    certutil(&["-A", "-d", &database, "-n", "cloakroom tests", "-t", "C,,", "-i", &certificate]);
}

fn certutil(arguments: &[&str]) {
    let mut certutil = Command::new(program("CLOAKROOM_CERTUTIL", &["certutil"]));
    let output = certutil.args(arguments).stdin(Stdio::null()).output().expect("certutil starts");
    assert!(output.status.success(), "certutil: {}", String::from_utf8_lossy(&output.stderr));
}
