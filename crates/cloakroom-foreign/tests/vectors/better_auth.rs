//! better-auth 1.7.25.

use cloakroom_foreign::better_auth::{SessionData, SessionToken};
use cloakroom_foreign::{ForeignSessionId, Refusal, Timestamp, Value, Verified};

use crate::vector::{Vector, check, check_flips, percent_decoded, same_signature, standard, url_safe};

const FILE: &str = include_str!("../data/better_auth.json");

fn tokens() -> Vec<Vector> {
    Vector::all(FILE, "better-auth-session-token")
}

fn copies() -> Vec<Vector> {
    Vector::all(FILE, "better-auth-session-data-compact")
}

fn token(vector: &Vector, value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
    SessionToken::new(&vector.secret()).expect("a key").read(value)
}

fn copy(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    SessionData::new(&vector.secret()).expect("a key").read(value, vector.now())
}

#[test]
fn better_auth_session_token_vectors() {
    // The changed character makes a percent sign without digits.
    check(&tokens(), 2, &[("tampered-sig", Refusal::Malformed)], token);
}

#[test]
fn better_auth_session_data_vectors() {
    check(&copies(), 2, &[("tampered", Refusal::NotAuthentic)], copy);
}

#[test]
fn better_auth_refuses_every_flipped_bit() {
    let same = same_signature(b'.', |signature| standard(signature));
    check_flips(&tokens(), |a, b| same(&percent_decoded(a), &percent_decoded(b)), token);
    check_flips(&copies(), |a, b| url_safe(a) == url_safe(b), copy);
}

#[test]
fn better_auth_session_data_ends_after_its_expiry() {
    let vectors = copies();
    let vector = vectors.iter().find(|vector| vector.is_accepted()).expect("one is accepted");
    let reader = SessionData::new(&vector.secret()).expect("a key");
    let expires_at = Timestamp::from_millis(1_735_689_900_000);
    let last = reader.read(vector.cookie_value(), expires_at).expect("it lasts until then");
    assert_eq!(last.expires_at(), Some(expires_at));
    let later = reader.read(vector.cookie_value(), Timestamp::from_millis(1_735_689_900_001));
    assert_eq!(later.err(), Some(Refusal::Expired));
}
