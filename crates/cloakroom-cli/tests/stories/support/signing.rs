//! Keys of a provider and what it signs, by another library than the gateway verifies with.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A key, by the name that its set gives it.
pub(crate) struct Key {
    pub(crate) id: String,
    pair: Pair,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Signing {
    /// By the key.
    #[default]
    Right,
    /// Not at all, and it says so.
    None,
    /// By HMAC, with the public key for a secret.
    PublicKeyAsSecret,
    /// By the key, over something else.
    Wrong,
}

impl Key {
    pub(crate) fn new(id: &str, algorithm: &str) -> Self {
        let rsa = || RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let pair = match algorithm {
            "ES256" => Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            "EdDSA" => Pair::EdDsa(Ed25519KeyPair::generate().unwrap()),
            "RS256" => Pair::Rs256(rsa()),
            "PS256" => Pair::Ps256(rsa()),
            other => panic!("no key for {other}"),
        };
        Self { id: id.to_owned(), pair }
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Es256(_) => "ES256",
            Pair::EdDsa(_) => "EdDSA",
            Pair::Rs256(_) => "RS256",
            Pair::Ps256(_) => "PS256",
        }
    }

    /// What is published of it.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])})
            }
            Pair::EdDsa(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus().big_endian_without_leading_zero(), key.exponent());
                json!({"kty": "RSA", "n": encode(n), "e": encode(e.big_endian_without_leading_zero())})
            }
        };
        jwk["kid"] = json!(self.id);
        jwk["use"] = json!("sig");
        jwk
    }

    /// A token of these claims.
    pub(crate) fn token(&self, kind: &str, claims: &Value, signing: Signing) -> String {
        let algorithm = match signing {
            Signing::Right | Signing::Wrong => self.algorithm(),
            Signing::None => "none",
            Signing::PublicKeyAsSecret => "HS256",
        };
        let header = json!({"alg": algorithm, "kid": self.id, "typ": kind});
        let message =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = match signing {
            Signing::Right => self.sign(message.as_bytes()),
            Signing::Wrong => self.sign(b"something else"),
            Signing::None => Vec::new(),
            Signing::PublicKeyAsSecret => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, self.jwk().to_string().as_bytes());
                hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{message}.{}", encode(&signature))
    }

    /// The `at_hash` of an access token.
    pub(crate) fn half_digest(&self, text: &str) -> String {
        let algorithm = if matches!(self.pair, Pair::EdDsa(_)) { &SHA512 } else { &SHA256 };
        let digest = digest(algorithm, text.as_bytes());
        encode(&digest.as_ref()[..digest.as_ref().len() / 2])
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let padding: &dyn aws_lc_rs::signature::RsaEncoding =
                    if matches!(self.pair, Pair::Rs256(_)) { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// The challenge of a verifier of PKCE.
pub(crate) fn challenge(verifier: &str) -> String {
    encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
