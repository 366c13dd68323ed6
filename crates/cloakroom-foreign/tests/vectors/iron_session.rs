//! iron-session 8.0.4 with iron-webcrypto 1.2.1.

use cloakroom_foreign::iron_session::IronSession;
use cloakroom_foreign::{Refusal, Secret, Timestamp, Value, Verified};

use crate::vector::{Vector, check, check_flips, never};

fn vectors() -> Vec<Vector> {
    Vector::all(include_str!("../data/iron_session.json"), "iron-session")
}

fn reader(vector: &Vector) -> IronSession {
    let reader = IronSession::new(&vector.secret()).expect("a password");
    let passwords = vector.param("password_map").as_object().into_iter().flatten();
    passwords.fold(reader, |reader, (id, password)| {
        let password = Secret::new(password.as_str().expect("text"));
        reader.password(id, &password).expect("a password")
    })
}

fn read(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    reader(vector).read(value, vector.now())
}

#[test]
fn iron_session_vectors() {
    let reasons = [
        ("bad-key", Refusal::NotAuthentic),
        ("tampered-ciphertext", Refusal::NotAuthentic),
        ("tampered-exp", Refusal::NotAuthentic),
        ("tampered-components", Refusal::Malformed),
        ("tampered-expfmt", Refusal::NotAuthentic),
        ("expired", Refusal::Expired),
    ];
    check(&vectors(), 8, &reasons, read);
}

#[test]
fn iron_session_refuses_every_flipped_bit() {
    check_flips(&vectors(), never, read);
}

#[test]
fn iron_session_gives_a_minute_of_grace_and_no_more() {
    let vectors = vectors();
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let end_ms = 1_736_899_200_000 + 60_000;
    let at = |now_ms| reader(good).read(good.cookie_value(), Timestamp::from_millis(now_ms));
    let last = at(end_ms - 1).expect("within the grace");
    assert_eq!(last.expires_at(), Some(Timestamp::from_millis(end_ms)));
    assert_eq!(at(end_ms).err(), Some(Refusal::Expired));
}

#[test]
fn iron_session_refuses_an_unknown_password_and_a_seal_of_another_version() {
    let vectors = vectors();
    let second = vectors.iter().find(|vector| vector.kind() == "good-id2").expect("the vector");
    let reader = IronSession::new(&second.secret()).expect("a password");
    assert_eq!(reader.read(second.cookie_value(), second.now()).err(), Some(Refusal::UnknownKey));
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let seal = good.text("cookie_value").trim_end_matches("~2");
    for other in [seal.to_owned(), format!("{seal}~1"), format!("{seal}~2~2")] {
        assert!(read(good, other.as_bytes()).is_err(), "{other}");
    }
}

/// iron-webcrypto compares texts, and the last character has two bits that stand for nothing.
#[test]
fn iron_session_refuses_a_mac_that_is_spelled_otherwise() {
    let vectors = vectors();
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let shortened = good.text("cookie_value").strip_suffix("w~2").expect("its last character");
    for ending in ["x~2", "y~2", "z~2", "w=~2"] {
        let refused = read(good, format!("{shortened}{ending}").as_bytes());
        assert_eq!(refused.err(), Some(Refusal::Malformed), "{ending}");
    }
}
