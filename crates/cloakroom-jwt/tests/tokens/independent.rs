//! Tokens and key sets, read by another implementation of JOSE on another implementation of the signatures.

use cloakroom_jwt::Algorithm as Ours;
use jwt_compact::alg::{Ed25519, Es256};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmExt, UntrustedToken};
use serde::Deserialize;
use serde_json::Value;

use crate::support::{AUDIENCE, ISSUER, NOW, NOW_SECONDS, World, mint};

#[derive(Deserialize)]
struct Set<'a> {
    #[serde(borrow)]
    keys: Vec<JsonWebKey<'a>>,
}

/// The claims that the other implementation has no name for.
type Claims = serde_json::Map<String, Value>;

fn read_by<A: Algorithm>(other: &A, algorithm: Ours)
where
    A::VerifyingKey: for<'a> TryFrom<&'a JsonWebKey<'a>, Error: std::fmt::Debug>,
{
    let world = World::of(algorithm);
    let jwks = world.keys.jwks(NOW);
    let set: Set<'_> = serde_json::from_str(&jwks).unwrap();
    let key = A::VerifyingKey::try_from(&set.keys[0]).unwrap();

    let token = mint(&world.keys, NOW);
    let untrusted = UntrustedToken::new(token.expose()).unwrap();
    assert_eq!(untrusted.header().token_type.as_deref(), Some("at+jwt"));
    assert_eq!(untrusted.header().key_id.as_deref(), Some(&*world.forger.kid));
    let read = other.validator::<Claims>(&key).validate(&untrusted).unwrap();
    let claims = read.claims();
    assert_eq!(claims.issued_at.map(|time| time.timestamp()), i64::try_from(NOW_SECONDS).ok());
    assert_eq!(claims.expiration.map(|time| time.timestamp()), i64::try_from(NOW_SECONDS + 300).ok());
    for (name, value) in [("iss", ISSUER), ("aud", AUDIENCE), ("sub", "alice"), ("client_id", "shop")] {
        assert_eq!(claims.custom[name], value);
    }
}

#[test]
fn an_es256_token_and_its_key_set_are_read_by_an_independent_implementation() {
    read_by(&Es256, Ours::Es256);
}

#[test]
fn an_eddsa_token_and_its_key_set_are_read_by_an_independent_implementation() {
    read_by(&Ed25519, Ours::EdDsa);
}
