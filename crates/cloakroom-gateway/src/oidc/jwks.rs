//! The keys that a provider publishes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::Value;

use crate::oidc::Flaw;
use crate::oidc::algorithm::Algorithm;
use crate::oidc::members::Members;

/// No provider publishes more at a time.
const KEYS_MAX: usize = 100;

/// The keys of one provider that are of use here.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

/// One public key.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    /// The only algorithm that it is for, where its set says so.
    only_for: Option<Algorithm>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Keys {
    /// Reads a key set. Keys that cannot be used are left out: they are for others, and not ours to judge.
    ///
    /// Source: RFC 7517 5.
    pub(super) fn read(json: &[u8]) -> Result<Self, Flaw> {
        let set = Members::read(json)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(Flaw::Missing("keys"))?;
        if keys.len() > KEYS_MAX {
            return Err(Flaw::Wrong("keys"));
        }
        Ok(Self(keys.iter().filter_map(Key::read).collect()))
    }

    /// The key of a name for an algorithm. A token that names none may be of the only one that there is.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, Flaw> {
        let mut suited = self
            .0
            .iter()
            .filter(|key| key.suits(algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id)));
        match (suited.next(), suited.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(Flaw::UnknownKey),
        }
    }
}

impl Key {
    fn read(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let operations = jwk.get("key_ops").and_then(Value::as_array);
        if operations.is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return None;
        }
        let coordinate = |name| octets(name).filter(|octets| octets.len() == 32);
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) => Material::Rsa { n: octets("n")?, e: octets("e")? },
            ("EC", Some("P-256")) => Material::P256([vec![4], coordinate("x")?, coordinate("y")?].concat()),
            ("OKP", Some("Ed25519")) => Material::Ed25519(coordinate("x")?),
            _ => return None,
        };
        let only_for = match text("alg") {
            // A key for an algorithm that is not allowed is for none.
            Some(name) => Some(Algorithm::of_name(name)?),
            None => None,
        };
        Some(Self { id: text("kid").map(str::to_owned), only_for, material })
    }

    fn suits(&self, algorithm: Algorithm) -> bool {
        let kind = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
        };
        kind && self.only_for.is_none_or(|only| only == algorithm)
    }

    /// Whether this is its signature. Keys of RSA have 2048 bits at least.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Material::Rsa { n, e }, Algorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Material::Ed25519(key), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, key).verify(message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

    fn keys(keys: &[String]) -> Keys {
        Keys::read(format!("{{\"keys\":[{}]}}", keys.join(",")).as_bytes()).unwrap()
    }

    #[test]
    fn the_examples_of_the_standards_verify_and_no_neighbour_does() {
        // RFC 8037 A.4 and RFC 7515 A.3.
        let both = keys(&[format!("{{{ED}}}"), format!("{{{EC}}}")]);
        for (algorithm, message, signature) in [
            (
                Algorithm::EdDsa,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            ),
            (
                Algorithm::Es256,
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
        ] {
            let key = both.find(None, algorithm).unwrap();
            let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            assert!(key.verifies(algorithm, message.as_bytes(), &signature));
            assert!(!key.verifies(algorithm, &message.as_bytes()[1..], &signature));
            assert!(!key.verifies(Algorithm::Rs256, message.as_bytes(), &signature));
            signature[7] ^= 1;
            assert!(!key.verifies(algorithm, message.as_bytes(), &signature));
        }
    }

    #[test]
    fn a_key_is_for_what_its_set_says() {
        let for_encryption =
            keys(&[format!("{{{ED},\"use\":\"enc\"}}"), format!("{{{ED},\"key_ops\":[\"sign\"]}}")]);
        assert!(for_encryption.find(None, Algorithm::EdDsa).is_err());
        let of_another = keys(&[format!("{{{EC},\"alg\":\"ES384\",\"kid\":\"a\"}}")]);
        assert!(of_another.find(Some("a"), Algorithm::Es256).is_err());
        assert!(keys(&[format!("{{{ED},\"kid\":\"a\"}}")]).find(Some("a"), Algorithm::Es256).is_err());
    }

    #[test]
    fn a_token_without_a_key_name_is_of_the_only_key_there_is() {
        let named = |name: &str| format!("{{{ED},\"kid\":\"{name}\"}}");
        assert!(keys(&[named("a")]).find(None, Algorithm::EdDsa).is_ok());
        let two = keys(&[named("a"), named("b")]);
        assert!(two.find(None, Algorithm::EdDsa).is_err());
        assert!(two.find(Some("b"), Algorithm::EdDsa).is_ok());
        assert!(two.find(Some("c"), Algorithm::EdDsa).is_err());
    }
}
