//! A service behind the gateway that verifies tokens by itself.

use std::time::{SystemTime, UNIX_EPOCH};

use cloakroom_core::Timestamp;
use cloakroom_jwt::{Algorithm, Audience, Issuer, Refused, Verified, Verifier};

use super::browser::Browser;

/// A verifier that reads the key set when it has to.
pub(crate) struct Service {
    pub(crate) verifier: Verifier,
    key_set: Browser,
    /// How often it has read the key set.
    pub(crate) reads: u32,
}

impl Service {
    /// A service of this name, which reads the issuer's keys by this browser.
    pub(crate) fn new(issuer: &str, audience: &str, mut key_set: Browser) -> Self {
        let set = key_set.get("/_cloakroom/jwks.json");
        assert_eq!(set.header("content-type"), Some("application/jwk-set+json"));
        assert_eq!(set.header("cache-control"), Some("public, max-age=60"));
        assert!(set.all("set-cookie").is_empty());
        let (issuer, audience) = (Issuer::new(issuer).unwrap(), Audience::new(audience).unwrap());
        let verifier = Verifier::new(Algorithm::Es256, issuer, audience, set.body.as_bytes()).unwrap();
        Self { verifier, key_set, reads: 1 }
    }

    /// What a token says; the key set is read again if the key is not known, and once only.
    pub(crate) fn verify(&mut self, token: &str) -> Result<Verified, Refused> {
        match self.verifier.verify(token, now()) {
            Err(refused) if refused.may_be_of_a_newer_key() => {
                self.reads += 1;
                let set = self.key_set.get("/_cloakroom/jwks.json").body;
                self.verifier.refresh(set.as_bytes()).unwrap();
                self.verifier.verify(token, now())
            }
            verdict => verdict,
        }
    }
}

/// The time by the service's own clock.
#[expect(clippy::disallowed_methods, reason = "the service has a clock of its own")]
pub(crate) fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(u64::try_from(now.as_millis()).unwrap())
}
