//! Whatever a browser sends, every reader answers, and believes none of it.

use cloakroom_foreign::limits::COOKIE_BYTES_MAX;
use cloakroom_foreign::{Refusal, Secret, Serialization, Timestamp};
use cloakroom_foreign::{
    better_auth, django, express, flask, gorilla, iron_session, laravel, plug, rack, rails,
};
use proptest::prelude::*;

type Reader = Box<dyn Fn(&[u8]) -> Result<(), Refusal>>;

const NOW: Timestamp = Timestamp::from_millis(1_735_689_600_000);

/// One reader of each kind, behind a key that made none of the values.
fn readers() -> Vec<(&'static str, Reader)> {
    let key = || Secret::new("cdefghijklmnopqrstuvwxyz0123456789cdefghijklmnopqrstuvwxyz0123456789");
    let short = Secret::new("0123456789abcdefghijklmnopqrstuv");
    let rails_key = rails::Key::new(&key()).expect("a key");
    let encrypted = rails::EncryptedCookie::new("s", &rails_key).accept_without_purpose();
    let signed = rails::SignedCookie::new("s", &rails_key);
    let rack =
        rack::SessionCookie::new("s", &key()).expect("a key").serialization(Serialization::JsonOrMarshal);
    let gorilla = gorilla::SecureCookie::new("s", &key(), Some(&short)).expect("a key");
    let laravel = laravel::SessionCookie::new("s", &short).expect("a key");
    let gcm = laravel::SessionCookie::with_cipher("s", &short, laravel::Cipher::Aes256Gcm).expect("a key");
    let plug_signed = plug::SessionCookie::signed(&key(), b"s").expect("a key");
    let plug_encrypted = plug::SessionCookie::encrypted(&key(), b"s", b"e").expect("a key");
    let iron = iron_session::IronSession::new(&key()).expect("a password");
    let flask = flask::SessionCookie::new(&key()).expect("a key");
    let session = django::SignedSession::new(&key()).expect("a key");
    let cookie = django::SignedCookie::new(&key(), "s").expect("a key");
    let express = express::ExpressSession::new(&key()).expect("a key");
    let cookie_session = express::CookieSession::new("s", &key()).expect("a key");
    let token = better_auth::SessionToken::new(&key()).expect("a key");
    let data = better_auth::SessionData::new(&key()).expect("a key");
    vec![
        ("rails encrypted", Box::new(move |value| encrypted.read(value, NOW).map(drop))),
        ("rails signed", Box::new(move |value| signed.read(value, NOW).map(drop))),
        ("rack", Box::new(move |value| rack.read(value).map(drop))),
        ("gorilla", Box::new(move |value| gorilla.read(value, NOW).map(drop))),
        ("laravel", Box::new(move |value| laravel.read(value).map(drop))),
        ("laravel gcm", Box::new(move |value| gcm.read(value).map(drop))),
        ("plug signed", Box::new(move |value| plug_signed.read(value).map(drop))),
        ("plug encrypted", Box::new(move |value| plug_encrypted.read(value).map(drop))),
        ("iron-session", Box::new(move |value| iron.read(value, NOW).map(drop))),
        ("flask", Box::new(move |value| flask.read(value, NOW).map(drop))),
        ("django session", Box::new(move |value| session.read(value, NOW).map(drop))),
        ("django cookie", Box::new(move |value| cookie.read(value, NOW).map(drop))),
        ("express-session", Box::new(move |value| express.read(value).map(drop))),
        ("cookie-session", Box::new(move |value| cookie_session.read(value, value).map(drop))),
        ("better-auth token", Box::new(move |value| token.read(value).map(drop))),
        ("better-auth data", Box::new(move |value| data.read(value, NOW).map(drop))),
    ]
}

/// Texts that look like cookies, without the MACs.
fn look_alikes() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        "[A-Za-z0-9+/=%.*|~:-]{0,300}",
        "[A-Za-z0-9_-]{0,40}[.:][A-Za-z0-9_-]{0,12}[.:][A-Za-z0-9_-]{0,60}",
        "s(:|%3A)[A-Za-z0-9]{0,40}[.][A-Za-z0-9+/]{0,50}",
        "XCP[.][A-Za-z0-9_-]{0,200}",
        "SFMyNTY[.][A-Za-z0-9_-]{0,200}[.][A-Za-z0-9_-]{0,50}",
        "QTEyOEdDTQ([.][A-Za-z0-9_-]{0,80}){4}",
        "Fe26[.]2[*]1([*][A-Za-z0-9_-]{0,70}){6}~2",
        "([A-Za-z0-9+/]{4}){0,50}--([A-Za-z0-9+/]{4}){0,6}--([A-Za-z0-9+/]{4}){0,8}",
        "([A-Za-z0-9+/]{4}){0,50}--[0-9a-f]{0,64}",
        "A[gQ]([A-Za-z0-9_-]{2})([A-Za-z0-9_-]{4}){0,80}",
        "eyJ([A-Za-z0-9]{4}){0,80}=?",
    ];
    text.prop_map(String::into_bytes)
}

proptest! {
    #[test]
    fn arbitrary_octets_are_refused_by_every_reader(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        READERS.with(|readers| {
            for (name, read) in readers {
                prop_assert!(read(&octets).is_err(), "{name}");
            }
            Ok(())
        })?;
    }

    #[test]
    fn texts_that_look_like_cookies_are_refused_by_every_reader(octets in look_alikes()) {
        READERS.with(|readers| {
            for (name, read) in readers {
                prop_assert!(read(&octets).is_err(), "{name}");
            }
            Ok(())
        })?;
    }
}

thread_local! {
    static READERS: Vec<(&'static str, Reader)> = readers();
}

#[test]
fn a_value_longer_than_any_cookie_is_refused_before_it_is_looked_at() {
    for (name, read) in readers() {
        for octet in [b'A', b'.', b'*', b'%', 0] {
            let verdict = read(&vec![octet; COOKIE_BYTES_MAX + 1]);
            assert_eq!(verdict, Err(Refusal::TooLong), "{name}");
        }
    }
}

#[test]
fn the_empty_value_is_refused() {
    for (name, read) in readers() {
        assert!(read(b"").is_err(), "{name}");
    }
}
