//! express-session 1.19.0 and cookie-session 2.1.1.

use cloakroom_foreign::express::{CookieSession, ExpressSession};
use cloakroom_foreign::{ForeignSessionId, Refusal, Value, Verified};

use crate::vector::{Vector, check, check_flips, never, percent_decoded};

fn sessions() -> Vec<Vector> {
    Vector::all(include_str!("../data/express_session.json"), "express-session")
}

fn cookies() -> Vec<Vector> {
    Vector::all(include_str!("../data/express_cookie_session.json"), "express-cookie-session")
}

fn session(vector: &Vector, value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
    let reader = ExpressSession::new(&vector.secret()).expect("a key");
    let add = |reader: ExpressSession, old| reader.fallback(old).expect("a key");
    vector.fallbacks().iter().fold(reader, add).read(value)
}

fn cookie_reader(vector: &Vector) -> CookieSession {
    let reader = CookieSession::new(vector.text("cookie_name"), &vector.secret()).expect("a key");
    let add = |reader: CookieSession, old| reader.fallback(old).expect("a key");
    vector.fallbacks().iter().fold(reader, add)
}

fn cookie(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    // A missing cookie is an application's `unwrap_or_default`.
    let signature = vector.json("signature_cookie_value").as_str().unwrap_or_default();
    cookie_reader(vector).read(value, signature.as_bytes())
}

#[test]
fn express_session_vectors() {
    let reasons = [("tampered-id", Refusal::NotAuthentic), ("tampered-nosig", Refusal::Malformed)];
    check(&sessions(), 6, &reasons, session);
}

#[test]
fn express_cookie_session_vectors() {
    let reasons = [("tampered-sig", Refusal::NotAuthentic), ("tampered-nosig", Refusal::NotAuthentic)];
    check(&cookies(), 5, &reasons, cookie);
}

#[test]
fn express_session_refuses_every_flipped_bit() {
    check_flips(&sessions(), |a, b| percent_decoded(a) == percent_decoded(b), session);
}

#[test]
fn express_cookie_session_refuses_every_flipped_bit_of_both_cookies() {
    check_flips(&cookies(), never, cookie);
    for vector in cookies().iter().filter(|vector| vector.is_accepted()) {
        let signature = vector.text("signature_cookie_value").as_bytes();
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let verdict = cookie_reader(vector).read(vector.cookie_value(), &flipped);
            assert!(verdict.is_err(), "bit {bit} of the signature of {}", vector.kind());
        }
    }
}

#[test]
fn express_cookie_session_of_another_name_is_refused() {
    for vector in cookies().iter().filter(|vector| vector.kind() == "good") {
        let reader = CookieSession::new("sessions", &vector.secret()).expect("a key");
        let verdict = reader.read(vector.cookie_value(), vector.text("signature_cookie_value").as_bytes());
        assert_eq!(verdict.err(), Some(Refusal::NotAuthentic));
    }
}

/// The last character has two bits that stand for nothing, and padding is none of the text: Express compares texts.
#[test]
fn express_session_refuses_a_signature_that_is_spelled_otherwise() {
    let vectors = sessions();
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let shortened = good.text("cookie_value").strip_suffix('Y').expect("its last character");
    for ending in ["Z", "a", "b", "Y="] {
        let refused = session(good, format!("{shortened}{ending}").as_bytes());
        assert_eq!(refused.err(), Some(Refusal::Malformed), "{ending}");
    }
}
