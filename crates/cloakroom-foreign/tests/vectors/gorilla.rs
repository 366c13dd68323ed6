//! gorilla/securecookie 1.1.2, and gob from 1.1.1.

use cloakroom_foreign::gorilla::{SecureCookie, Serialization};
use cloakroom_foreign::{Digest, Refusal, Secret, Timestamp, Value, Verified};

use crate::vector::{Vector, check, check_flips, url_safe};

fn vectors() -> Vec<Vector> {
    Vector::all(include_str!("../data/gorilla_securecookie.json"), "gorilla-securecookie")
}

fn gobs() -> Vec<Vector> {
    Vector::all(include_str!("../data/gorilla_gob.json"), "")
}

fn reader(vector: &Vector) -> SecureCookie {
    let key = |name: &str| vector.json("secret")[name].as_str().map(Secret::new);
    let hash = key("hash_key").expect("a key");
    SecureCookie::new(vector.text("cookie_name"), &hash, key("block_key").as_ref()).expect("a key")
}

fn read(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    let reader = match vector.param("serializer").as_str() {
        Some("raw bytes") => reader(vector).serialization(Serialization::Plain),
        _ => reader(vector).serialization(Serialization::Json),
    };
    let is_sha512 = vector.param("sign").as_str() == Some("HMAC-SHA512");
    reader.digest(if is_sha512 { Digest::Sha512 } else { Digest::Sha256 }).read(value, vector.now())
}

fn read_gob(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    reader(vector).read(value, vector.now())
}

#[test]
fn gorilla_securecookie_vectors() {
    let reasons = [
        ("tampered-value", Refusal::NotAuthentic),
        ("tampered-garbage", Refusal::Malformed),
        ("bad-key", Refusal::NotAuthentic),
        ("tampered-toolong", Refusal::TooLong),
    ];
    let vectors = vectors();
    // The vector's key is the right one for its cookie; the verifier in it had another.
    let (wrong_key, others): (Vec<_>, Vec<_>) =
        vectors.into_iter().partition(|vector| vector.kind() == "bad-key");
    check(&others, 8, &reasons, read);
    check(&wrong_key, 1, &reasons, |vector, value| {
        let other = Secret::new("fedcba9876543210fedcba9876543210");
        let reader = SecureCookie::new(vector.text("cookie_name"), &other, None).expect("a key");
        reader.serialization(Serialization::Json).read(value, vector.now())
    });
}

#[test]
fn gorilla_gob_vectors() {
    let refused = Refusal::Unsupported;
    let reasons =
        [("unsupported-struct", refused), ("unsupported-time", refused), ("unsupported-key", refused)];
    check(&gobs(), 8, &reasons, read_gob);
}

#[test]
fn gorilla_session_ids_of_other_stores_are_read_and_sessions_are_no_ids() {
    for vector in gobs().iter().filter(|vector| vector.is_accepted()) {
        let id = reader(vector).read_session_id(vector.cookie_value(), vector.now());
        if vector.kind() == "good-session-id" {
            let id = id.expect("an ID").into_payload();
            assert_eq!(Some(id.expose()), vector.json("expected_payload").as_str());
        } else {
            assert_eq!(id.err(), Some(Refusal::Unsupported), "{}", vector.kind());
        }
    }
}

#[test]
fn gorilla_refuses_every_flipped_bit() {
    check_flips(&vectors(), |a, b| url_safe(a) == url_safe(b), read);
    check_flips(&gobs(), |a, b| url_safe(a) == url_safe(b), read_gob);
}

#[test]
fn gorilla_judges_the_age_in_whole_seconds() {
    let vectors = vectors();
    let good = vectors.iter().find(|vector| vector.kind() == "good-hmac-json").expect("the vector");
    let (issued_s, month_s, minute_s) = (1_735_689_600, 2_592_000, 60);
    let at = |seconds: u64| Timestamp::from_millis(seconds * 1000 + 999);
    let json = || reader(good).serialization(Serialization::Json);
    let value = good.cookie_value();
    assert_eq!(json().read(value, at(issued_s + month_s + 1)).err(), Some(Refusal::Expired));
    assert!(json().read(value, at(issued_s - minute_s)).is_ok(), "gorilla accepts the future");
    let for_ever = json().max_age(std::time::Duration::ZERO);
    assert!(for_ever.read(value, Timestamp::MAX).is_ok());
    let aged = json().min_age(std::time::Duration::from_secs(minute_s));
    assert_eq!(aged.read(value, at(issued_s + minute_s - 1)).err(), Some(Refusal::NotYetValid));
    let aged = json().min_age(std::time::Duration::from_secs(minute_s));
    assert!(aged.read(value, at(issued_s + minute_s)).is_ok());
}
