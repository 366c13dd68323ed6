//! `plug_crypto` c326c3c.

use cloakroom_foreign::Refusal;
use cloakroom_foreign::plug::SessionCookie;

use crate::vector::{Vector, check, check_flips, same_signature, url_safe};

const FILE: &str = include_str!("../data/plug_session.json");

fn salt<'a>(vector: &'a Vector, name: &str) -> Option<&'a [u8]> {
    vector.param(name).as_str().map(str::as_bytes)
}

/// Deriving the keys takes a thousand rounds, so there is one reader for all flips.
fn reader(vector: &Vector) -> SessionCookie {
    let signing = salt(vector, "signing_salt").unwrap_or(b"signsalt");
    match salt(vector, "encryption_salt") {
        Some(encryption) => SessionCookie::encrypted(&vector.secret(), signing, encryption),
        None => SessionCookie::signed(&vector.secret(), signing),
    }
    .expect("a key")
}

fn encrypted() -> Vec<Vector> {
    Vector::all(FILE, "plug-session-encrypted")
}

fn signed() -> Vec<Vector> {
    Vector::all(FILE, "plug-session-signed")
}

fn wrapped() -> Vec<Vector> {
    Vector::all(include_str!("../data/plug_wrapped.json"), "plug-session-wrapped")
}

#[test]
fn plug_session_encrypted_vectors() {
    let read = |vector: &Vector, value: &[u8]| reader(vector).read(value);
    check(&encrypted(), 2, &[("bad-key", Refusal::NotAuthentic)], read);
    check(&wrapped(), 1, &[], read);
}

#[test]
fn plug_session_signed_vectors() {
    let read = |vector: &Vector, value: &[u8]| reader(vector).read(value);
    check(&signed(), 2, &[("tampered-sig", Refusal::NotAuthentic)], read);
}

#[test]
fn plug_refuses_every_flipped_bit() {
    let parts = |value: &[u8]| -> Vec<_> { value.split(|octet| *octet == b'.').map(url_safe).collect() };
    for vectors in [encrypted(), wrapped()] {
        let reader = reader(&vectors[0]);
        check_flips(&vectors, |a, b| parts(a) == parts(b), |_, value| reader.read(value));
    }
    let vectors = signed();
    let reader = reader(&vectors[0]);
    let same = same_signature(b'.', |signature| url_safe(signature));
    check_flips(&vectors, same, |_, value| reader.read(value));
}

#[test]
fn plug_sessions_that_are_only_signed_are_refused_where_they_are_encrypted() {
    let secret = signed()[0].secret();
    let reader = SessionCookie::encrypted(&secret, b"signsalt", b"encsalt1").expect("a key");
    assert_eq!(reader.read(signed()[0].cookie_value()).err(), Some(Refusal::Malformed));
    let reader = SessionCookie::signed(&secret, b"signsalt").expect("a key");
    assert_eq!(reader.read(encrypted()[0].cookie_value()).err(), Some(Refusal::Malformed));
}
