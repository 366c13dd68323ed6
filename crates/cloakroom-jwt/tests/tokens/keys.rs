//! Keys: how they are loaded and kept, and what is refused as one.

use std::sync::atomic::AtomicBool;

use cloakroom_core::{Entropy, EntropyError};
use cloakroom_jwt::{Algorithm, JwksError, KeyError, Refused, SigningKey, SigningKeys};
use pem_rfc7468::LineEnding;
use serde_json::{Value, json};

use crate::support::{ALGORITHMS, Drawn, NOW, World, encode, key, mint, verifier};

/// A key of these 32 octets, by way of entropy.
pub(crate) fn of_secret(algorithm: Algorithm, secret: &[u8]) -> Result<SigningKey, KeyError> {
    struct Given<'a>(&'a [u8]);
    impl Entropy for Given<'static> {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            octets.copy_from_slice(self.0);
            Ok(())
        }
    }
    SigningKey::generate(algorithm, &Given(secret.to_vec().leak()))
}

fn public_jwk(key: SigningKey) -> Value {
    let jwks: Value = serde_json::from_str(&SigningKeys::begin(key, NOW).jwks(NOW)).unwrap();
    jwks["keys"][0].clone()
}

#[test]
fn a_key_that_is_kept_and_loaded_is_the_same_key() {
    for algorithm in ALGORITHMS {
        let kept = key(algorithm, 1).expose_pkcs8_pem();
        let loaded = SigningKey::from_pkcs8_pem(algorithm, &kept).unwrap();
        assert_eq!(loaded.id(), key(algorithm, 1).id());
        let world = World::of(algorithm);
        assert!(world.verify(mint(&SigningKeys::begin(loaded, NOW), NOW).expose()).is_ok());
    }
}

#[test]
fn a_key_is_read_from_the_documents_that_other_programs_write() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

    let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let with_public_key = es256.to_pkcs8v1().unwrap();
    let read = SigningKey::from_pkcs8_der(Algorithm::Es256, with_public_key.as_ref()).unwrap();
    let x = public_jwk(read)["x"].clone();
    assert_eq!(x, encode(&es256.public_key().as_ref()[1..33]));

    // And from the shortest, without the public key.
    let whole = with_public_key.as_ref();
    let short = [&[0x30, 0x41][..], &whole[3..27], &[4, 0x27, 0x30, 0x25], &whole[31..68]].concat();
    let read = SigningKey::from_pkcs8_der(Algorithm::Es256, &short).unwrap();
    assert_eq!(public_jwk(read)["x"], x);

    let eddsa = Ed25519KeyPair::generate().unwrap();
    for document in [eddsa.to_pkcs8().unwrap(), eddsa.to_pkcs8v1().unwrap()] {
        let read = SigningKey::from_pkcs8_der(Algorithm::EdDsa, document.as_ref()).unwrap();
        assert_eq!(public_jwk(read)["x"], encode(eddsa.public_key().as_ref()));
    }
}

#[test]
fn a_private_jwk_is_a_key_unless_its_halves_do_not_belong_together() {
    for algorithm in ALGORITHMS {
        let mut jwk = public_jwk(key(algorithm, 1));
        let (_, document) = pem_rfc7468::decode_vec(key(algorithm, 1).expose_pkcs8_pem().as_bytes()).unwrap();
        let secret = if algorithm == Algorithm::Es256 { 36..68 } else { 16..48 };
        jwk["d"] = json!(encode(&document[secret]));
        let read = SigningKey::from_jwk(algorithm, jwk.to_string().as_bytes()).unwrap();
        assert_eq!(read.id(), key(algorithm, 1).id());

        jwk["x"] = public_jwk(key(algorithm, 2))["x"].clone();
        let refused = SigningKey::from_jwk(algorithm, jwk.to_string().as_bytes()).err();
        assert_eq!(refused, Some(KeyError::Unmatched));
    }
}

#[test]
fn what_is_no_key_of_the_algorithm_is_refused() {
    let (es256, eddsa) =
        (key(Algorithm::Es256, 1).expose_pkcs8_pem(), key(Algorithm::EdDsa, 1).expose_pkcs8_pem());
    for (algorithm, other) in [(Algorithm::Es256, &eddsa), (Algorithm::EdDsa, &es256)] {
        let refused = SigningKey::from_pkcs8_pem(algorithm, other).err();
        assert_eq!(refused, Some(KeyError::OtherAlgorithm { expected: algorithm }));
        let public = public_jwk(key(algorithm, 1)).to_string();
        assert_eq!(SigningKey::from_jwk(algorithm, public.as_bytes()).err(), Some(KeyError::Malformed));
        let labelled = pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, &[1; 48]).unwrap();
        for text in ["", "secret", &labelled, &other[1..], &"x".repeat(5000)] {
            assert_eq!(
                SigningKey::from_pkcs8_pem(algorithm, text).err(),
                Some(KeyError::Malformed),
                "{text}"
            );
        }
    }
    let zero = [&[0x30, 0x2e][..], &[0; 46]].concat();
    let refused = SigningKey::from_pkcs8_der(Algorithm::EdDsa, &zero).err();
    assert_eq!(refused, Some(KeyError::OtherAlgorithm { expected: Algorithm::EdDsa }));
}

#[test]
fn a_draw_that_is_no_scalar_is_drawn_again_and_no_entropy_is_an_error() {
    struct Unlucky(AtomicBool, Drawn);
    impl Entropy for Unlucky {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            self.1.fill(octets)?;
            if !self.0.swap(true, std::sync::atomic::Ordering::Relaxed) {
                // Above the order of P-256.
                octets[..8].fill(0xff);
            }
            Ok(())
        }
    }
    struct None;
    impl Entropy for None {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError)
        }
    }
    let unlucky = Unlucky(AtomicBool::new(false), Drawn::from(1));
    assert!(SigningKey::generate(Algorithm::Es256, &unlucky).is_ok());
    let refused = SigningKey::generate(Algorithm::EdDsa, &None).err();
    assert_eq!(refused, Some(KeyError::Entropy(EntropyError)));
}

#[test]
fn a_key_set_says_what_a_verifier_needs_and_nothing_private() {
    for algorithm in ALGORITHMS {
        let jwk = public_jwk(key(algorithm, 1));
        let mut members: Vec<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let mut expected = vec!["alg", "crv", "kid", "kty", "use", "x"];
        expected.extend((algorithm == Algorithm::Es256).then_some("y"));
        assert_eq!(members, expected);
        assert_eq!((&jwk["alg"], &jwk["use"]), (&json!(algorithm.as_str()), &json!("sig")));
    }
}

#[test]
fn keys_for_something_else_in_a_key_set_are_passed_over() {
    let ours = public_jwk(key(Algorithm::EdDsa, 1));
    let mut for_encryption = public_jwk(key(Algorithm::EdDsa, 2));
    for_encryption["use"] = json!("enc");
    let mut nameless = public_jwk(key(Algorithm::EdDsa, 3));
    nameless.as_object_mut().unwrap().remove("kid");
    let others = [
        public_jwk(key(Algorithm::Es256, 1)),
        json!({"kty":"RSA","n":1}),
        json!(7),
        for_encryption,
        nameless,
    ];
    let set = |keys: &[Value]| json!({ "keys": keys, "more": [] }).to_string();
    let all = set(&[&others[..], &[ours]].concat());
    let token = mint(&SigningKeys::begin(key(Algorithm::EdDsa, 1), NOW), NOW);
    assert!(verifier(Algorithm::EdDsa, &all).verify(token.expose(), NOW).is_ok());

    let world = World::of(Algorithm::EdDsa);
    let refused = world.verifier.refresh(set(&others).as_bytes());
    assert_eq!(refused, Err(JwksError::NoKey { algorithm: Algorithm::EdDsa }));
    assert!(world.verify(token.expose()).is_ok(), "the keys so far stay");
}

#[test]
fn a_key_set_that_cannot_be_trusted_is_refused_and_says_which_key_it_is() {
    let world = World::of(Algorithm::Es256);
    let id = || key(Algorithm::Es256, 1).id().clone();
    let with = |member: &str, value: Value| {
        let mut jwk = public_jwk(key(Algorithm::Es256, 1));
        jwk[member] = value;
        jwk
    };
    let refresh = |keys: &[Value]| world.verifier.refresh(json!({ "keys": keys }).to_string().as_bytes());
    assert_eq!(refresh(&[with("d", json!("AA"))]), Err(JwksError::Private { id: id() }));
    assert_eq!(refresh(&[with("x", json!("AA"))]), Err(JwksError::Damaged { id: id() }));
    assert_eq!(refresh(&[with("y", json!(5))]), Err(JwksError::Damaged { id: id() }));
    assert_eq!(refresh(&[with("a", json!(1)), with("b", json!(2))]), Err(JwksError::Twice { id: id() }));
    let printed = with("x", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"));
    assert_eq!(refresh(&[printed]), Err(JwksError::PrintedExample { id: id() }));
    assert_eq!(refresh(&vec![json!(0); 257]), Err(JwksError::TooManyKeys));
    for malformed in ["", "[]", "{}", r#"{"keys":{}}"#] {
        assert_eq!(world.verifier.refresh(malformed.as_bytes()), Err(JwksError::Malformed), "{malformed}");
    }
    assert_eq!(world.verifier.refresh(&vec![b' '; 70_000]), Err(JwksError::TooLong));
    let token = mint(&world.keys, NOW);
    assert!(world.verify(token.expose()).is_ok(), "the keys so far stay");
    refresh(&[public_jwk(key(Algorithm::Es256, 2))]).unwrap();
    assert_eq!(world.verify(token.expose()), Err(Refused::UnknownKey));
}
