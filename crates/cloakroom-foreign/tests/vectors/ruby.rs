//! Cookies of Rack and Rails with the serializations that their vectors do not have.

use cloakroom_foreign::{Refusal, Serialization, Value, Verified};
use cloakroom_foreign::{rack, rails};

use crate::vector::Vector;

const FILE: &str = include_str!("../data/ruby.json");

fn vector(system: &str, kind: &str) -> Vector {
    let vectors = Vector::all(FILE, system).into_iter();
    vectors.into_iter().find(|vector| vector.kind() == kind).expect("a vector of that kind")
}

fn rack(kind: &str, serialization: Option<Serialization>) -> Result<Verified<Value>, Refusal> {
    let vector = vector("rack-session-cookie-v1", kind);
    let reader = rack::SessionCookie::new("rack.session", &vector.secret()).expect("a key");
    let reader = match serialization {
        Some(serialization) => reader.serialization(serialization),
        None => reader,
    };
    reader.read(vector.cookie_value())
}

/// How a Rails application is configured.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Demanded,
    Optional,
}

fn rails(kind: &str, serialization: Serialization, purpose: Purpose) -> Result<Verified<Value>, Refusal> {
    let vector = vector("rails", kind);
    let key = rails::Key::new(&vector.secret()).expect("a key");
    let reader = rails::EncryptedCookie::new("_app_session", &key).serialization(serialization);
    let reader = if purpose == Purpose::Optional { reader.accept_without_purpose() } else { reader };
    reader.read(vector.cookie_value(), cloakroom_foreign::Timestamp::EPOCH)
}

fn assert_is_session_of_42(verdict: &Result<Verified<Value>, Refusal>) {
    let payload = verdict.as_ref().expect("it is authentic").payload();
    assert_eq!(payload.get("user_id").and_then(Value::as_integer), Some(42));
    assert_eq!(payload.get("session_id").and_then(Value::as_text), Some("abc"));
}

#[test]
fn rack_sessions_in_marshal_are_read_by_default_and_objects_refused() {
    assert_is_session_of_42(&rack("good", None));
    assert_is_session_of_42(&rack("good", Some(Serialization::JsonOrMarshal)));
    let verdict = rack("good", None).expect("it is authentic");
    assert_eq!(verdict.payload().get("token").and_then(Value::as_octets), Some(&[255, 0][..]));
    assert_eq!(rack("good", Some(Serialization::Json)).err(), Some(Refusal::Unsupported));
    assert_eq!(rack("unsupported-object", None).err(), Some(Refusal::Unsupported));
}

#[test]
fn rails_sessions_in_marshal_are_read_when_asked_for_and_objects_refused() {
    for serialization in [Serialization::Marshal, Serialization::JsonOrMarshal] {
        assert_is_session_of_42(&rails("marshal", serialization, Purpose::Demanded));
        let object = rails("marshal-object", serialization, Purpose::Demanded);
        assert_eq!(object.err(), Some(Refusal::Unsupported));
    }
    let json = rails("marshal", Serialization::Json, Purpose::Demanded);
    assert_eq!(json.err(), Some(Refusal::Unsupported));
}

#[test]
fn rails_sessions_whose_envelope_holds_json_are_read() {
    assert_is_session_of_42(&rails("json-data", Serialization::Json, Purpose::Demanded));
}

#[test]
fn rails_cookies_without_a_purpose_are_read_only_when_asked_for() {
    for (kind, serialization) in
        [("json-bare", Serialization::Json), ("marshal-bare", Serialization::Marshal)]
    {
        let refused = rails(kind, serialization, Purpose::Demanded);
        assert_eq!(refused.err(), Some(Refusal::OtherPurpose), "{kind}");
        assert_is_session_of_42(&rails(kind, serialization, Purpose::Optional));
    }
    // An envelope for the expiry alone.
    let refused = rails("no-purpose", Serialization::Json, Purpose::Demanded);
    assert_eq!(refused.err(), Some(Refusal::OtherPurpose));
    let read = rails("no-purpose", Serialization::Json, Purpose::Optional).expect("it is authentic");
    assert_eq!(read.payload().as_integer(), Some(42));
    let other = rails("other-purpose", Serialization::Json, Purpose::Optional);
    assert_eq!(other.err(), Some(Refusal::OtherPurpose));
}
