//! rack-session 7acef42.

use cloakroom_foreign::rack::SessionCookie;
use cloakroom_foreign::{Refusal, Serialization, Value, Verified};

use crate::vector::{Vector, check, check_flips, never, percent_decoded};

const FILE: &str = include_str!("../data/rack_session_cookie.json");

fn read(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    let reader = SessionCookie::new(vector.text("cookie_name"), &vector.secret()).expect("a key");
    let add = |reader: SessionCookie, old| reader.fallback(old).expect("a key");
    let reader = vector.fallbacks().iter().fold(reader, add);
    reader.serialization(Serialization::Json).read(value)
}

#[test]
fn rack_session_cookie_v2_vectors() {
    let reasons = [
        ("bad-key", Refusal::NotAuthentic),
        ("tampered", Refusal::NotAuthentic),
        ("tampered-truncated", Refusal::Malformed),
        ("tampered-plain-base64", Refusal::Malformed),
    ];
    check(&Vector::all(FILE, "rack-session-cookie-v2"), 5, &reasons, read);
}

#[test]
fn rack_session_cookie_v1_vectors() {
    let reasons = [("bad-purpose", Refusal::NotAuthentic), ("tampered-version", Refusal::Malformed)];
    check(&Vector::all(FILE, "rack-session-cookie-v1"), 3, &reasons, read);
}

#[test]
fn rack_refuses_every_flipped_bit() {
    check_flips(&Vector::all(FILE, "rack-session-cookie-v1"), never, read);
    check_flips(&Vector::all(FILE, "rack-session-cookie-v2"), never, read);
}

#[test]
fn rack_cookies_are_read_as_browsers_send_them_and_in_the_other_alphabet() {
    for vector in Vector::all(FILE, "").iter().filter(|vector| vector.is_accepted()) {
        let text = vector.text("cookie_value");
        let escaped = text.replace('=', "%3D");
        assert_eq!(percent_decoded(escaped.as_bytes()), text.as_bytes());
        assert!(read(vector, escaped.as_bytes()).is_ok());
        let standard = text.replace('-', "%2B").replace('_', "/");
        assert!(read(vector, standard.as_bytes()).is_ok());
    }
}

#[test]
fn rack_sessions_of_another_serialization_are_refused() {
    for vector in Vector::all(FILE, "").iter().filter(|vector| vector.is_accepted()) {
        let reader = SessionCookie::new(vector.text("cookie_name"), &vector.secret()).expect("a key");
        let add = |reader: SessionCookie, old| reader.fallback(old).expect("a key");
        let marshal = vector.fallbacks().iter().fold(reader, add);
        assert_eq!(marshal.read(vector.cookie_value()).err(), Some(Refusal::Undecodable));
    }
}
