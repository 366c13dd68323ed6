//! An issuer, a verifier, and a forger who has the issuer's key.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::{
    Authentication, Entropy, EntropyError, Method, SessionId, Subject, Timestamp, hours, seconds,
};
use cloakroom_jwt::{
    AccessToken, Algorithm, Audience, ClientId, Issuer, LiveSession, Refused, SigningKey, SigningKeys,
    TokenId, TokenIssuer, Verified, Verifier,
};
use serde_json::{Value, json};

pub(crate) const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::EdDsa];
pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://orders.example.com";
pub(crate) const NOW_SECONDS: u64 = 1_800_000_000;
pub(crate) const NOW: Timestamp = Timestamp::from_millis(NOW_SECONDS * 1000);

/// Octets that look random and are the same in each run.
pub(crate) struct Drawn(AtomicU64);

impl Drawn {
    pub(crate) fn from(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for Drawn {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        for octet in octets {
            let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            *octet = mixed.to_be_bytes()[0];
        }
        Ok(())
    }
}

pub(crate) fn key(algorithm: Algorithm, seed: u64) -> SigningKey {
    SigningKey::generate(algorithm, &Drawn::from(seed)).unwrap()
}

pub(crate) fn issuer() -> TokenIssuer {
    TokenIssuer::new(Issuer::new(ISSUER).unwrap(), ClientId::new("shop").unwrap())
}

pub(crate) fn audience() -> Audience {
    Audience::new(AUDIENCE).unwrap()
}

pub(crate) fn verifier(algorithm: Algorithm, jwks: &str) -> Verifier {
    Verifier::new(algorithm, Issuer::new(ISSUER).unwrap(), audience(), jwks.as_bytes()).unwrap()
}

pub(crate) fn alice() -> Authentication {
    let subject = Subject::new("alice").unwrap();
    let mut alice = Authentication::new(subject, Method::PasswordAndSecondFactor, NOW.before(hours(2)));
    alice.proven_at = NOW.before(hours(1));
    alice
}

pub(crate) fn session(authentication: &Authentication, expires_at: Timestamp) -> LiveSession<'_> {
    LiveSession {
        id: SessionId::from_octets([7; 16]),
        authentication,
        expires_at,
        assurance: None,
        profile: None,
    }
}

/// A token of Alice's session, which has an hour left.
pub(crate) fn mint(keys: &SigningKeys, now: Timestamp) -> AccessToken {
    let alice = alice();
    let session = session(&alice, now.after(hours(1)));
    issuer().mint(keys, &session, &audience(), now, TokenId::from_entropy([1; 16])).unwrap()
}

/// An issuer with one key, a verifier with its key set and a minute of leeway, and a forger.
pub(crate) struct World {
    pub(crate) algorithm: Algorithm,
    pub(crate) keys: SigningKeys,
    pub(crate) verifier: Verifier,
    pub(crate) forger: Forger,
}

impl World {
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        let keys = SigningKeys::begin(key(algorithm, 1), NOW);
        let verifier = verifier(algorithm, &keys.jwks(NOW)).with_leeway(seconds(60)).unwrap();
        let forger = Forger::with(&keys.scheduled()[0].key);
        Self { algorithm, keys, verifier, forger }
    }

    pub(crate) fn verify(&self, token: &str) -> Result<Verified, Refused> {
        self.verifier.verify(token, NOW)
    }

    /// The header of a good token.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm.as_str(), "kid": self.forger.kid, "typ": "at+jwt" })
    }

    /// What becomes of a good token with one member of its header different.
    pub(crate) fn with_header(&self, member: &str, value: Value) -> Result<Verified, Refused> {
        self.verify(&self.forger.sign(&with(self.header(), member, value).to_string(), &claims().to_string()))
    }

    /// What becomes of a token with these claims, signed with the right key.
    pub(crate) fn with_payload(&self, payload: &str) -> Result<Verified, Refused> {
        self.verify(&self.forger.sign(&self.header().to_string(), payload))
    }

    /// What becomes of a good token with one claim different.
    pub(crate) fn with_claim(&self, name: &str, value: Value) -> Result<Verified, Refused> {
        self.with_payload(&with(claims(), name, value).to_string())
    }

    /// What becomes of a good token without one claim.
    pub(crate) fn without_claim(&self, name: &str) -> Result<Verified, Refused> {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name).unwrap();
        self.with_payload(&claims.to_string())
    }
}

/// The claims of a good token.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "client_id": "shop", "jti": "1",
        "iat": NOW_SECONDS, "exp": NOW_SECONDS + 300,
    })
}

fn with(mut object: Value, member: &str, value: Value) -> Value {
    object.as_object_mut().unwrap().insert(member.to_owned(), value);
    object
}

/// Signs whatever it is given with the issuer's key, by another library than the issuer.
pub(crate) struct Forger {
    pub(crate) kid: String,
    pair: Pair,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Forger {
    pub(crate) fn with(key: &SigningKey) -> Self {
        let (_, document) = pem_rfc7468::decode_vec(key.expose_pkcs8_pem().as_bytes()).unwrap();
        let pair = match key.algorithm() {
            Algorithm::Es256 => {
                Pair::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document).unwrap())
            }
            Algorithm::EdDsa => Pair::EdDsa(Ed25519KeyPair::from_pkcs8(&document).unwrap()),
        };
        Self { kid: key.id().to_string(), pair }
    }

    pub(crate) fn sign(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(payload));
        let signature = match &self.pair {
            Pair::Es256(pair) => {
                pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec()
            }
            Pair::EdDsa(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", encode(signature))
    }
}

pub(crate) fn encode(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// The header and the claims of a token, unverified.
pub(crate) fn parts(token: &str) -> (Value, Value) {
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let mut parts = token.split('.');
    (read(parts.next().unwrap()), read(parts.next().unwrap()))
}
