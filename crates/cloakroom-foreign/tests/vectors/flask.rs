//! Flask 3.1.3 with itsdangerous 2.2.0.

use cloakroom_foreign::flask::SessionCookie;
use cloakroom_foreign::{Digest, Refusal, Timestamp, Value, Verified};

use crate::vector::{Vector, check, check_flips, same_signature, url_safe};

fn vectors() -> Vec<Vector> {
    Vector::all(include_str!("../data/flask.json"), "flask-session-cookie")
}

fn read_at(vector: &Vector, value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
    let reader = SessionCookie::new(&vector.secret()).expect("a key");
    let add = |reader: SessionCookie, old| reader.fallback(old).expect("a key");
    let reader = vector.fallbacks().iter().fold(reader, add);
    let is_sha256 = vector.param("sign").as_str() == Some("HMAC-SHA256");
    reader.digest(if is_sha256 { Digest::Sha256 } else { Digest::Sha1 }).read(value, now)
}

fn read(vector: &Vector, value: &[u8]) -> Result<Verified<Value>, Refusal> {
    read_at(vector, value, vector.now())
}

#[test]
fn flask_session_cookie_vectors() {
    let reasons = [
        ("tampered-payload", Refusal::NotAuthentic),
        // What is left is taken for a time and a signature.
        ("tampered-strip", Refusal::Malformed),
        ("tampered-garbage", Refusal::Malformed),
    ];
    check(&vectors(), 9, &reasons, read);
}

#[test]
fn flask_refuses_every_flipped_bit() {
    check_flips(&vectors(), same_signature(b'.', |signature| url_safe(signature)), read);
}

#[test]
fn flask_counts_whole_seconds_and_refuses_what_is_from_the_future() {
    let vectors = vectors();
    let good = vectors.iter().find(|vector| vector.kind() == "good").expect("the vector");
    let (issued_ms, month_ms) = (1_735_689_600_000, 2_678_400_000);
    for (now_ms, refusal) in [
        (issued_ms - 1, Some(Refusal::NotYetValid)),
        (issued_ms, None),
        (issued_ms + month_ms + 999, None),
        (issued_ms + month_ms + 1000, Some(Refusal::Expired)),
    ] {
        let verdict = read_at(good, good.cookie_value(), Timestamp::from_millis(now_ms));
        assert_eq!(verdict.as_ref().err().copied(), refusal, "{now_ms}");
        if let Ok(verified) = verdict {
            let end = Timestamp::from_millis(issued_ms + month_ms + 1000);
            assert_eq!(verified.expires_at(), Some(end));
        }
    }
}
