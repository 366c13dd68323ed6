//! The vectors of cookies and dates, through the program as it is run: raw heads in, JSON out.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::run;

const VECTORS: &str = include_str!("../../../cloakroom-audit/tests/data/cookie_vectors.json");

/// The moment of the vectors, as a `Date` field tells it.
const NOW: &str = "Sat, 21 Nov 2026 00:00:00 GMT";

const DAY_S: i64 = 86_400;

/// What the program makes of one `Set-Cookie` field, received at a moment: its cookie, and its exit code at the lowest threshold.
fn audit(folder: &Path, url: &str, field: &[u8], at: &str) -> (Value, Option<i32>) {
    std::fs::write(folder.join("head"), [b"HTTP/1.1 200 OK\r\nSet-Cookie: ", field, b"\r\n\r\n"].concat())
        .unwrap();
    let output =
        run(folder, &["audit", url, "--headers", "head", "--at", at, "--json", "--fail-on", "info"], "");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report["cookies"][0].clone(), output.status.code())
}

/// The vectors of one kind, all of them.
fn of_kind(kind: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let of_kind: Vec<Value> = vectors.iter().filter(|vector| vector["kind"] == kind).cloned().collect();
    assert_eq!(Some(of_kind.len() as u64), file["count"][kind].as_u64());
    of_kind
}

#[test]
fn the_program_keeps_every_cookie_as_a_browser_does_or_refuses_it_for_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    for vector in of_kind("ua") {
        let url = vector["url"].as_str().unwrap();
        let (cookie, code) = audit(folder.path(), url, &octets(&vector["set_cookie"]), NOW);
        let expected = told(&vector["expect"]);
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&cookie[name], value, "{} {name}: {cookie:#}", vector["id"]);
        }
        if vector["expect"]["stored"] == false {
            assert_eq!(code, Some(1), "{}: refused is a finding", vector["id"]);
        }
    }
}

/// What a vector expects, as reports tell it: no values, and nothing else that may be secret.
fn told(expect: &Value) -> Value {
    let mut told = expect.clone();
    if let Some(value) = told.as_object_mut().unwrap().remove("value") {
        told["value_octets"] = json!(value.as_str().unwrap().chars().count());
    }
    if told["name"] == "" {
        told["name"] = json!("(no name)");
    }
    told
}

#[test]
fn the_program_reads_every_date_as_a_browser_does() {
    let folder = tempfile::tempdir().unwrap();
    for vector in of_kind("date") {
        let field = [b"a=1; Secure; Expires=", &octets(&vector["in"])[..]].concat();
        // A day before it, since no cookie lives for longer than 400 days; the first of all dates, of which it is the end, then.
        let date = vector["expect"].as_str();
        let (at, lifetime_s) = match date {
            None => (NOW.to_owned(), None),
            Some(first) if first.contains(" 1601 ") => (first.to_owned(), Some(0)),
            Some(date) => (the_day_before(date), Some(DAY_S)),
        };
        let (cookie, _) = audit(folder.path(), "https://a.example/", &field, &at);
        assert_eq!(cookie["lifetime_s"], json!(lifetime_s), "{}: {cookie:#}", vector["id"]);
    }
}

/// Of a date that names its day by two digits, as those of the vectors do.
fn the_day_before(date: &str) -> String {
    let (weekday, rest) = date.split_once(", ").unwrap();
    let (day, month_year) = rest.split_once(' ').unwrap();
    match day.parse::<u32>().unwrap() - 1 {
        0 => {
            // 1 January, the only first of a month among them.
            let (month, year_time) = month_year.split_once(' ').unwrap();
            let (year, time) = year_time.split_once(' ').unwrap();
            assert_eq!(month, "Jan", "{date}");
            format!("{weekday}, 31 Dec {} {time}", year.parse::<u32>().unwrap() - 1)
        }
        before => format!("{weekday}, {before:02} {month_year}"),
    }
}

/// A string of the file: either as it is or generated from pieces and counts; a character is an octet.
fn octets(value: &Value) -> Vec<u8> {
    let one = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<u8>>();
    let piece = |piece: &Value| {
        let count = usize::try_from(piece[1].as_u64().unwrap()).unwrap();
        one(&piece[0].as_str().unwrap().repeat(count))
    };
    value.as_str().map_or_else(|| value["gen"].as_array().unwrap().iter().flat_map(piece).collect(), one)
}
