//! The public half of a key: its octets, its name, its JWK, and what it verifies.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use compact_str::CompactString;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::algorithm::Algorithm;

/// The name of a key, the `kid` of tokens and JWKs. Public.
///
/// Of our own keys it is the SHA-256 thumbprint of the public key: no two keys share one, and none is named by hand.
///
/// Source: RFC 7638; RFC 8037 A.3.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyId(CompactString);

impl KeyId {
    /// The most octets of a key ID in a key set.
    pub(crate) const LEN_MAX: usize = 128;

    pub(crate) fn new(text: &str) -> Self {
        Self(CompactString::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A public key of one algorithm.
#[derive(Clone)]
pub(crate) struct PublicKey {
    algorithm: Algorithm,
    /// The `x` member of its JWK, and of a key on P-256 the `y`.
    x: CompactString,
    y: Option<CompactString>,
    /// The uncompressed point of P-256, the 32 octets of Ed25519.
    octets: Box<[u8]>,
}

/// Octets of a coordinate, of both curves.
const COORDINATE_LEN: usize = 32;

/// Keys that are printed in standards and on well-known pages, by their `x`: anyone can sign with them.
const PRINTED: [&str; 6] = [
    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", // RFC 7515 A.3
    "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", // RFC 7517 A.2
    "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", // RFC 7518 C
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", // RFC 8037 A.1; RFC 8032 7.1
    "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik", // the seed of nothing but zeros
    "EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84", // the debugger of jwt.io
];

impl PublicKey {
    /// A key of these coordinates; `None` when they are not as many or as long as the algorithm has it.
    ///
    /// Whether they are a point of the curve shows when a signature is verified: none ever is, if they are not.
    pub(crate) fn from_coordinates(algorithm: Algorithm, x: &[u8], y: Option<&[u8]>) -> Option<Self> {
        let is_good = |coordinate: &[u8]| coordinate.len() == COORDINATE_LEN;
        let octets = match (algorithm, y) {
            (Algorithm::Es256, Some(y)) if is_good(x) && is_good(y) => [&[4], x, y].concat().into(),
            (Algorithm::EdDsa, None) if is_good(x) => x.into(),
            _ => return None,
        };
        let text = |octets: &[u8]| CompactString::from(URL_SAFE_NO_PAD.encode(octets));
        Some(Self { algorithm, x: text(x), y: y.map(text), octets })
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// As signatures are verified with it: the uncompressed point of P-256, the 32 octets of Ed25519.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub(crate) fn thumbprint(&self) -> KeyId {
        let (kty, crv) = self.algorithm.key_type_and_curve();
        let x = &self.x;
        // The required members in the order of their names, as RFC 7638 3 has it. No value needs an escape.
        let canonical = match &self.y {
            Some(y) => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#),
            None => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#),
        };
        KeyId::new(&URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
    }

    /// Whether its private half is printed where everyone can read it.
    pub(crate) fn is_printed(&self) -> bool {
        PRINTED.contains(&&*self.x)
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::EdDsa => &ED25519,
        };
        UnparsedPublicKey::new(algorithm, self.octets()).verify(message, signature).is_ok()
    }

    pub(crate) fn jwk<'a>(&'a self, id: &'a KeyId) -> PublicJwk<'a> {
        let (kty, crv) = self.algorithm.key_type_and_curve();
        let alg = self.algorithm.as_str();
        PublicJwk { kty, crv, x: &self.x, y: self.y.as_deref(), kid: id.as_str(), purpose: "sig", alg }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (self.algorithm, &self.x, &self.y) == (other.algorithm, &other.x, &other.y)
    }
}

/// A public key as others read it.
///
/// Source: RFC 7517 4; RFC 7518 6.2; RFC 8037 2.
#[derive(Serialize)]
pub(crate) struct PublicJwk<'a> {
    kty: &'static str,
    crv: &'static str,
    x: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<&'a str>,
    kid: &'a str,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
}

impl PublicJwk<'_> {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts under fixed names are JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The key of RFC 7515 A.3.
    fn p256() -> PublicKey {
        let y = decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        PublicKey::from_coordinates(Algorithm::Es256, &decode(PRINTED[0]), Some(&y)).unwrap()
    }

    /// The key of RFC 8037 A.1.
    fn ed25519() -> PublicKey {
        PublicKey::from_coordinates(Algorithm::EdDsa, &decode(PRINTED[3]), None).unwrap()
    }

    #[test]
    fn the_es256_example_of_rfc_7515_verifies_and_none_of_its_neighbours() {
        let message = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature =
            decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        verifies_only(&p256(), message, &signature);
        assert!(!ed25519().verifies(message, &signature));
    }

    #[test]
    fn the_ed25519_example_of_rfc_8037_verifies_and_none_of_its_neighbours() {
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        verifies_only(&ed25519(), message, &signature);
        assert!(!p256().verifies(message, &signature));
    }

    fn verifies_only(key: &PublicKey, message: &[u8], signature: &[u8]) {
        assert!(key.verifies(message, signature));
        for place in 0..signature.len() * 8 {
            let mut other = signature.to_vec();
            other[place / 8] ^= 1 << (place % 8);
            assert!(!key.verifies(message, &other), "bit {place} of the signature");
        }
        assert!(!key.verifies(&message[1..], signature));
        for length in [0, 1, 63, 65, 128] {
            assert!(!key.verifies(message, &vec![1; length]), "{length} octets");
        }
        assert!(!key.verifies(message, &[0; 64]), "the signature of CVE-2022-21449");
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        assert_eq!(ed25519().thumbprint().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn coordinates_of_another_number_or_length_are_no_key() {
        let key = |algorithm, x: &[u8], y| PublicKey::from_coordinates(algorithm, x, y).is_some();
        assert!(!key(Algorithm::Es256, &[1; 32], None));
        assert!(!key(Algorithm::Es256, &[1; 31], Some(&[1; 33])));
        assert!(!key(Algorithm::EdDsa, &[1; 32], Some(&[1; 32])));
        assert!(!key(Algorithm::EdDsa, &[1; 33], None));
    }

    #[test]
    fn coordinates_that_are_no_point_of_the_curve_verify_nothing() {
        let key = PublicKey::from_coordinates(Algorithm::Es256, &[1; 32], Some(&[1; 32])).unwrap();
        assert!(!key.verifies(b"message", &[1; 64]));
    }
}
