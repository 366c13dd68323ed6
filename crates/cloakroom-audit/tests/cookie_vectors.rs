//! Runs every vector of `data/cookie_vectors.json` through the user agent.

use cloakroom_audit::agent::{Cookie, Jar, Refusal, UnixTime, parse_date};
use serde_json::{Value, json};
use url::Url;

const VECTORS: &str = include_str!("data/cookie_vectors.json");

/// 2026-11-21T00:00:00Z, the moment of the vectors.
const NOW: UnixTime = UnixTime(1_795_219_200);

#[test]
fn every_set_cookie_is_kept_as_a_browser_keeps_it_or_refused_for_its_reason() {
    run("ua", |vector| {
        let url = Url::parse(vector["url"].as_str().unwrap()).unwrap();
        let outcome = Jar::default().receive(&url, &octets(&vector["set_cookie"]), NOW);
        assert_eq!(told(outcome), vector["expect"], "{}", vector["id"]);
    });
}

#[test]
fn every_date_is_read_as_a_browser_reads_it() {
    run("date", |vector| {
        let read = parse_date(&octets(&vector["in"])).map(|date| date.to_string());
        assert_eq!(read.as_deref(), vector["expect"].as_str(), "{}", vector["id"]);
    });
}

/// Runs the vectors of one kind, and makes sure that they are all there.
fn run(kind: &str, check: impl Fn(&Value)) {
    let file: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    assert_eq!(file["now"], NOW.rfc3339());
    let vectors = file["vectors"].as_array().unwrap();
    let of_kind: Vec<_> = vectors.iter().filter(|vector| vector["kind"] == kind).collect();
    for vector in &of_kind {
        check(vector);
    }
    assert_eq!(Some(of_kind.len() as u64), file["count"][kind].as_u64(), "vectors of kind {kind}");
}

/// An outcome in the words of the vectors.
fn told(outcome: Result<Cookie, Refusal>) -> Value {
    match outcome {
        Err(refusal) => json!({ "stored": false, "reason": refusal.code() }),
        Ok(cookie) => json!({
            "stored": true,
            "name": latin_1(&cookie.name),
            "value": latin_1(&cookie.value),
            "domain": cookie.domain,
            "host_only": cookie.host_only,
            "path": latin_1(&cookie.path),
            "secure": cookie.secure,
            "http_only": cookie.http_only,
            "same_site": cookie.same_site.as_str(),
            "partitioned": cookie.partitioned,
            "lifetime_s": cookie.lifetime_s(NOW),
            "expired": cookie.is_expired(NOW),
        }),
    }
}

fn latin_1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

/// A string of the file: either as it is or generated from pieces and counts.
fn octets(value: &Value) -> Vec<u8> {
    let one =
        |text: &str| text.chars().map(|c| u8::try_from(c).expect("one octet each")).collect::<Vec<u8>>();
    match value {
        Value::String(text) => one(text),
        generated => generated["gen"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|piece| {
                let count = usize::try_from(piece[1].as_u64().unwrap()).unwrap();
                one(&piece[0].as_str().unwrap().repeat(count))
            })
            .collect(),
    }
}
