//! Keys are refused where their own system would not have started, and nowhere else.

use cloakroom_foreign::{InvalidKey, Secret};
use cloakroom_foreign::{
    better_auth, django, express, flask, gorilla, iron_session, laravel, plug, rack, rails,
};

fn secret(octets: usize) -> Secret {
    Secret::new("k".repeat(octets))
}

#[test]
fn an_empty_key_is_refused_by_every_reader() {
    let none = secret(0);
    let some = secret(64);
    let empty = Some(InvalidKey::Empty);
    assert_eq!(better_auth::SessionToken::new(&none).err(), empty);
    assert_eq!(better_auth::SessionData::new(&none).err(), empty);
    assert_eq!(django::SignedSession::new(&none).err(), empty);
    assert_eq!(django::SignedSession::new(&some).and_then(|reader| reader.fallback(&none)).err(), empty);
    assert_eq!(django::SignedCookie::new(&none, "c").err(), empty);
    assert_eq!(django::SignedValue::new(&none, "s").err(), empty);
    assert_eq!(express::ExpressSession::new(&none).err(), empty);
    assert_eq!(express::CookieSession::new("c", &none).err(), empty);
    assert_eq!(flask::SessionCookie::new(&none).err(), empty);
    assert_eq!(gorilla::SecureCookie::new("c", &none, None).err(), empty);
    assert_eq!(iron_session::IronSession::new(&none).err(), empty);
    assert_eq!(laravel::SessionCookie::new("c", &none).err(), empty);
    assert_eq!(plug::SessionCookie::signed(&none, b"s").err(), empty);
    assert_eq!(rack::SessionCookie::new("c", &none).err(), empty);
    assert_eq!(rails::Key::new(&none).err(), empty);
}

#[test]
fn lengths_are_those_that_the_systems_ask_for() {
    let too_short = |bytes, bytes_min| Some(InvalidKey::TooShort { bytes, bytes_min });
    assert_eq!(iron_session::IronSession::new(&secret(31)).err(), too_short(31, 32));
    assert!(iron_session::IronSession::new(&secret(32)).is_ok());
    assert_eq!(rack::SessionCookie::new("c", &secret(63)).err(), too_short(63, 64));
    assert!(rack::SessionCookie::new("c", &secret(64)).is_ok());
    assert_eq!(plug::SessionCookie::signed(&secret(63), b"s").err(), too_short(63, 64));
    assert!(plug::SessionCookie::signed(&secret(64), b"s").is_ok());

    let wrong_length = |bytes| Some(InvalidKey::WrongLength { bytes });
    assert_eq!(laravel::SessionCookie::new("c", &secret(31)).err(), wrong_length(31));
    let encoded = |text: &str| laravel::SessionCookie::new("c", &Secret::new(text)).err();
    assert_eq!(encoded("base64:AAAA"), wrong_length(3));
    assert_eq!(encoded("base64:!"), Some(InvalidKey::NotBase64));
    for (bytes, is_key) in [(15, false), (16, true), (24, true), (32, true), (33, false)] {
        let reader = gorilla::SecureCookie::new("c", &secret(64), Some(&secret(bytes)));
        assert_eq!(reader.err(), wrong_length(bytes).filter(|_| !is_key));
    }
}

#[test]
fn a_weak_key_that_the_old_system_ran_with_is_taken() {
    for weak in ["secret", "changeme", "keyboard cat", "dev"] {
        assert!(express::ExpressSession::new(&Secret::new(weak)).is_ok());
        assert!(flask::SessionCookie::new(&Secret::new(weak)).is_ok());
        assert!(django::SignedSession::new(&Secret::new(weak)).is_ok());
    }
}
