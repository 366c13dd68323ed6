//! What verifying a token costs over the bare signature check, and what minting one costs, in one run.
//!
//! ```text
//! cargo bench -p cloakroom-jwt --bench tokens
//! ```
//! The bare check is the fastest that there is in this process: the same cryptographic library, called directly. The candidates take turns, so that a machine that is busy with something else
//! disturbs them alike, and for each the shortest slice counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::{Authentication, Method, SessionId, Subject, Timestamp, hours};
use cloakroom_jwt::{
    Algorithm, Audience, ClientId, Issuer, LiveSession, SigningKey, SigningKeys, TokenId, TokenIssuer,
    Verifier,
};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey,
};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SLICES: usize = 400;
const CALLS: u32 = 25;

fn main() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let subject = Subject::new("user-000123").expect("a name");
        let method = Method::PasswordAndSecondFactor;
        let authentication = Authentication::new(subject, method, NOW);
        let session = LiveSession {
            id: SessionId::from_octets([7; 16]),
            authentication: &authentication,
            expires_at: NOW.after(hours(1)),
            assurance: Some("aal2"),
            profile: None,
        };
        let name = || Issuer::new("https://id.example.com").expect("a name");
        let audience = Audience::new("https://orders.example.com").expect("a name");
        let issuer = TokenIssuer::new(name(), ClientId::new("shop").expect("a name"));
        let (document, bare_key, sign) = library_key(algorithm);
        let key = SigningKey::from_pkcs8_der(algorithm, &document).expect("a fresh key");
        let keys = SigningKeys::begin(key, NOW);
        let mint =
            || issuer.mint(&keys, &session, &audience, NOW, TokenId::from_entropy([1; 16])).expect("live");
        let token = mint();
        let jwks = keys.jwks(NOW);
        let verifier = Verifier::new(algorithm, name(), audience.clone(), jwks.as_bytes()).expect("a set");
        let (message, signature) = token.expose().rsplit_once('.').expect("three parts");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");

        let mut best = [Duration::MAX; 4];
        for _ in 0..SLICES {
            let slices = [
                slice(|| bare_key.verify(black_box(message.as_bytes()), &signature).is_ok()),
                slice(|| verifier.verify(black_box(token.expose()), NOW).is_ok()),
                slice(|| !sign(black_box(message.as_bytes())).is_empty()),
                slice(|| !mint().expose().is_empty()),
            ];
            for (best, slice) in best.iter_mut().zip(slices) {
                *best = (*best).min(slice);
            }
        }
        let [bare, verify, sign, mint] = best.map(|best| best / CALLS);
        let over = 100.0 * (verify.as_secs_f64() / bare.as_secs_f64() - 1.0);
        println!(
            "{algorithm}: the bare signature check {bare:?}, verifying a token of {} characters {verify:?}, {over:.1} % \
             more; the bare signature {sign:?}, minting {mint:?}",
            token.expose().len()
        );
    }
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A fresh key as a document, and as the library has it.
#[expect(clippy::disallowed_methods, reason = "a bench draws keys of no worth")]
fn library_key(algorithm: Algorithm) -> (Vec<u8>, UnparsedPublicKey<Vec<u8>>, Sign) {
    let random = SystemRandom::new();
    match algorithm {
        Algorithm::Es256 => {
            let (signing, verifying) = (&ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P256_SHA256_FIXED);
            let document =
                EcdsaKeyPair::generate_pkcs8(signing, &random).expect("randomness").as_ref().to_vec();
            let pair = EcdsaKeyPair::from_pkcs8(signing, &document, &random).expect("a key");
            let public = UnparsedPublicKey::new(verifying, pair.public_key().as_ref().to_vec());
            let sign =
                move |message: &[u8]| pair.sign(&random, message).expect("randomness").as_ref().to_vec();
            (document, public, Box::new(sign))
        }
        Algorithm::EdDsa => {
            let document = Ed25519KeyPair::generate_pkcs8(&random).expect("randomness").as_ref().to_vec();
            let pair = Ed25519KeyPair::from_pkcs8(&document).expect("a key");
            let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref().to_vec());
            (document, public, Box::new(move |message| pair.sign(message).as_ref().to_vec()))
        }
    }
}

fn slice(work: impl Fn() -> bool) -> Duration {
    let begun = clock();
    for _ in 0..CALLS {
        assert!(black_box(work()));
    }
    begun.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn clock() -> Instant {
    Instant::now()
}
