//! The configured keys of a verifier: a key set, read once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::public_key::{KeyId, PublicKey};

/// A key set of ours is about a kilobyte; one of an issuer with certificates in it, a few.
const JWKS_LEN_MAX: usize = 64 * 1024;

/// An issuer of which each instance has a key has some for each, and every token looks its own up.
const KEYS_MAX: usize = 256;

/// Why a text is no key set to verify with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JwksError {
    /// It is too long.
    #[error("the key set is longer than {JWKS_LEN_MAX} octets")]
    TooLong,
    /// It is not a JSON object with a list of keys.
    #[error("the key set is no JSON object with a list `keys`")]
    Malformed,
    /// It has too many keys.
    #[error("the key set has more than {KEYS_MAX} keys")]
    TooManyKeys,
    /// None of its keys is for this algorithm.
    #[error("the key set has no key for {algorithm} that has a name")]
    NoKey {
        /// The algorithm from configuration.
        algorithm: Algorithm,
    },
    /// A key for this algorithm cannot be read.
    #[error("the key {id} is damaged")]
    Damaged {
        /// The key.
        id: KeyId,
    },
    /// Two keys have one name.
    #[error("two keys are named {id}")]
    Twice {
        /// The name.
        id: KeyId,
    },
    /// A private key is in it.
    #[error("the key {id} is there with its private half; it is nobody's secret any more")]
    Private {
        /// The key.
        id: KeyId,
    },
    /// A key is printed in a standard or on a well-known page, so that anyone can sign with it.
    #[error("the key {id} is a printed example; anyone can sign with it")]
    PrintedExample {
        /// The key.
        id: KeyId,
    },
}

/// The keys that tokens may be signed with.
pub(crate) struct VerifyingKeys(Vec<(KeyId, PublicKey)>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

impl VerifyingKeys {
    /// The keys of a set that are for this algorithm; those for others are not ours to judge.
    ///
    /// Source: RFC 7517 5.
    pub(crate) fn of_jwks(algorithm: Algorithm, json: &[u8]) -> Result<Self, JwksError> {
        if json.len() > JWKS_LEN_MAX {
            return Err(JwksError::TooLong);
        }
        let set: Set = serde_json::from_slice(json).map_err(|_| JwksError::Malformed)?;
        if set.keys.len() > KEYS_MAX {
            return Err(JwksError::TooManyKeys);
        }
        let mut keys: Vec<(KeyId, PublicKey)> = Vec::with_capacity(set.keys.len());
        for (id, jwk) in set.keys.iter().filter_map(|jwk| Some((name_of(algorithm, jwk)?, jwk))) {
            if keys.iter().any(|(known, _)| *known == id) {
                return Err(JwksError::Twice { id });
            }
            let key = key_of(algorithm, &id, jwk)?;
            keys.push((id, key));
        }
        if keys.is_empty() { Err(JwksError::NoKey { algorithm }) } else { Ok(Self(keys)) }
    }

    /// The key of this name. Nothing but the names of the set is looked at, whatever the text is.
    pub(crate) fn find(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|(known, _)| known.as_str() == id).map(|(_, key)| key)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &KeyId> {
        self.0.iter().map(|(id, _)| id)
    }
}

/// The name of a key that is for this algorithm and for signatures; `None` when it is for something else or has no name.
fn name_of(algorithm: Algorithm, jwk: &Value) -> Option<KeyId> {
    let (kty, crv) = algorithm.key_type_and_curve();
    let says = |member: &str, right: &str| jwk.get(member).is_some_and(|value| value == right);
    let may_say = |member: &str, right: &str| jwk.get(member).is_none_or(|value| value == right);
    let is_ours =
        says("kty", kty) && says("crv", crv) && may_say("alg", algorithm.as_str()) && may_say("use", "sig");
    let id = jwk.get("kid")?.as_str().filter(|id| (1..=KeyId::LEN_MAX).contains(&id.len()))?;
    is_ours.then(|| KeyId::new(id))
}

fn key_of(algorithm: Algorithm, id: &KeyId, jwk: &Value) -> Result<PublicKey, JwksError> {
    if jwk.get("d").is_some() {
        return Err(JwksError::Private { id: id.clone() });
    }
    let damaged = || JwksError::Damaged { id: id.clone() };
    let coordinate = |member: &str| {
        let text = jwk.get(member).map(|value| value.as_str().ok_or_else(damaged)).transpose()?;
        text.map(|text| URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())).transpose()
    };
    let (x, y) = (coordinate("x")?.ok_or_else(damaged)?, coordinate("y")?);
    let key = PublicKey::from_coordinates(algorithm, &x, y.as_deref()).ok_or_else(damaged)?;
    if key.is_printed() { Err(JwksError::PrintedExample { id: id.clone() }) } else { Ok(key) }
}
