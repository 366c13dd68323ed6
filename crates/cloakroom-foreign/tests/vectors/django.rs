//! Django 5.2.19.

use std::time::Duration;

use cloakroom_foreign::django::{SignedCookie, SignedSession, SignedValue};
use cloakroom_foreign::{Refusal, Value, Verified};

use crate::vector::{Vector, check, check_flips, never};

const FILE: &str = include_str!("../data/django.json");

fn session(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    SignedSession::new(&vector.secret()).expect("a key").read(value, vector.now())
}

fn signed_value(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    let salt = vector.param("salt").as_str().expect("a salt");
    let reader = SignedValue::new(&vector.secret(), salt).expect("a key");
    match vector.param("max_age").as_u64() {
        Some(max_age_s) => reader.max_age(Duration::from_secs(max_age_s)).read(value, vector.now()),
        None => reader.read(value, vector.now()),
    }
}

fn stored(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    SignedValue::stored_session(&vector.secret()).expect("a key").read(value, vector.now())
}

fn signed_cookie(vector: &Vector, value: &[u8]) -> Result<Verified<String>, Refusal> {
    let reader = SignedCookie::new(&vector.secret(), vector.text("cookie_name")).expect("a key");
    let salt = vector.param("caller_salt").as_str().expect("a salt");
    reader.salt(salt).read(value, vector.now())
}

#[test]
fn django_signed_cookies_session_vectors() {
    let reasons = [
        ("tampered-sig", Refusal::NotAuthentic),
        ("tampered-ts", Refusal::NotAuthentic),
        ("expired", Refusal::Expired),
        ("bad-key", Refusal::NotAuthentic),
    ];
    check(&Vector::all(FILE, "django-signed-cookies-session"), 7, &reasons, session);
}

#[test]
fn django_signing_vectors() {
    check(&Vector::all(FILE, "django-signing"), 3, &[("expired", Refusal::Expired)], signed_value);
}

#[test]
fn django_signed_cookie_vectors() {
    let reasons = [("tampered-collision", Refusal::NotAuthentic), ("tampered-name", Refusal::NotAuthentic)];
    check(&Vector::all(FILE, "django-signed-cookie"), 3, &reasons, signed_cookie);
}

#[test]
fn django_db_session_data_vectors() {
    check(&Vector::all(FILE, "django-db-session_data"), 1, &[], stored);
}

#[test]
fn django_refuses_every_flipped_bit() {
    check_flips(&Vector::all(FILE, "django-signed-cookies-session"), never, session);
    check_flips(&Vector::all(FILE, "django-signing"), never, signed_value);
    check_flips(&Vector::all(FILE, "django-signed-cookie"), never, signed_cookie);
    check_flips(&Vector::all(FILE, "django-db-session_data"), never, stored);
}

/// CVE-2026-6873: the vector that the fix refuses, read as before the fix.
#[test]
fn django_cookies_of_the_old_salt_are_read_only_by_the_insecure_name() {
    let vectors = Vector::all(FILE, "django-signed-cookie");
    let collision = vectors.iter().find(|vector| vector.kind() == "tampered-collision").expect("the vector");
    let reader = SignedCookie::new(&collision.secret(), "theme").expect("a key").insecure_concatenated_salt();
    let verified = reader.read(collision.cookie_value(), collision.now()).expect("names run together");
    assert_eq!(verified.payload(), "dark");
}

#[test]
fn django_fallback_keys_are_tried_in_their_order() {
    let vectors = Vector::all(FILE, "django-signed-cookies-session");
    let good = vectors.iter().find(|vector| vector.kind() == "good-zlib").expect("the vector");
    let reader = SignedSession::new(&cloakroom_foreign::Secret::new("a newer key")).expect("a key");
    assert_eq!(reader.read(good.cookie_value(), good.now()).err(), Some(Refusal::NotAuthentic));
    let reader = SignedSession::new(&cloakroom_foreign::Secret::new("a newer key")).expect("a key");
    let reader = reader.fallback(&good.secret()).expect("a key");
    let verified = reader.read(good.cookie_value(), good.now()).expect("the fallback is right");
    assert_eq!(verified.key_position(), 1);
}
