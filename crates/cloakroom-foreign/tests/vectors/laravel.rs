//! Laravel 11.

use cloakroom_foreign::laravel::{Cipher, SessionCookie};
use cloakroom_foreign::{ForeignSessionId, Refusal, Secret, Verified};
use serde_json::Value as Json;

use crate::vector::{Vector, check, check_flips, percent_decoded, standard};

fn vectors() -> Vec<Vector> {
    Vector::all(include_str!("../data/laravel.json"), "laravel-encrypted-cookie")
}

fn gcm_vectors() -> Vec<Vector> {
    Vector::all(include_str!("../data/laravel_gcm.json"), "laravel-encrypted-cookie")
}

fn read(vector: &Vector, value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
    let cipher = match vector.json("cipher").as_str() {
        Some("aes-128-gcm") => Cipher::Aes128Gcm,
        Some("aes-256-gcm") => Cipher::Aes256Gcm,
        _ => Cipher::Aes256Cbc,
    };
    let name = vector.text("cookie_name");
    SessionCookie::with_cipher(name, &vector.secret(), cipher).expect("a key").read(value)
}

/// The JSON is not authenticated, but for what it holds.
fn parts(value: &[u8]) -> Option<Json> {
    serde_json::from_slice(&standard(percent_decoded(value))?).ok()
}

#[test]
fn laravel_encrypted_cookie_vectors() {
    let reasons = [
        ("tampered-value", Refusal::NotAuthentic),
        ("tampered-mac", Refusal::NotAuthentic),
        ("bad-key", Refusal::NotAuthentic),
    ];
    check(&vectors(), 4, &reasons, read);
}

#[test]
fn laravel_cookies_of_the_other_ciphers() {
    check(&gcm_vectors(), 4, &[("other-name", Refusal::OtherPurpose)], read);
}

#[test]
fn laravel_refuses_every_flipped_bit() {
    let same_of = |value: &[u8]| {
        let parts = parts(value)?;
        Some(["iv", "value", "mac"].map(|name| parts[name].clone()))
    };
    check_flips(&vectors(), |a, b| same_of(a).is_some() && same_of(a) == same_of(b), read);
    let same_octets_of = |value: &[u8]| {
        let parts = parts(value)?;
        Some(["iv", "value", "tag"].map(|name| standard(parts[name].as_str().unwrap_or_default())))
    };
    check_flips(
        &gcm_vectors(),
        |a, b| same_octets_of(a).is_some() && same_octets_of(a) == same_octets_of(b),
        read,
    );
}

#[test]
fn laravel_cookies_of_another_name_and_of_a_previous_key() {
    let vectors = vectors();
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let other = SessionCookie::new("other_session", &good.secret()).expect("a key");
    assert_eq!(other.read(good.cookie_value()).err(), Some(Refusal::OtherPurpose));
    let newer = Secret::new("0123456789abcdef0123456789abcdef");
    let rotated = SessionCookie::new("laravel_session", &newer).expect("a key").fallback(&good.secret());
    let verified = rotated.expect("a key").read(good.cookie_value()).expect("the previous key is right");
    assert_eq!(verified.key_position(), 1);
}
