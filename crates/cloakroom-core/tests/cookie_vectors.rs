//! Runs every vector of `data/cookie_vectors.json` through the cookie parser and the `Set-Cookie` builder.

use cloakroom_core::cookie::{
    CookieDomain, CookieError, CookieName, CookiePath, CookieValue, Expires, MaxAge, SameSite, SetCookie,
    find_all, parse,
};
use serde_json::Value;

const VECTORS: &str = include_str!("data/cookie_vectors.json");

/// SYN-09, SYN-10, SYN-11, SYN-12, SYN-14: field lines, white space, nameless cookies, quotes, exact names.
#[test]
fn every_parse_vector_gives_its_pairs_and_finding_by_name_agrees() {
    run("parse", |vector| {
        let lines: Vec<Vec<u8>> = array(&vector["in"]).iter().map(octets).collect();
        let expected: Vec<(Vec<u8>, Vec<u8>)> =
            array(&vector["out"]).iter().map(|pair| (octets(&pair[0]), octets(&pair[1]))).collect();

        let pairs: Vec<_> = parse(lines.iter().map(Vec::as_slice))
            .map(|pair| (pair.name.to_vec(), pair.value.to_vec()))
            .collect();
        assert_eq!(pairs, expected, "{}", vector["id"]);

        for (name, _) in &expected {
            let Some(name) = str::from_utf8(name).ok().and_then(|name| CookieName::parse(name).ok()) else {
                continue;
            };
            let found: Vec<_> = lines.iter().flat_map(|line| find_all(line, &name)).collect();
            let of_name: Vec<_> = expected
                .iter()
                .filter(|(other, _)| other == name.as_bytes())
                .map(|(_, value)| value.as_slice())
                .collect();
            assert_eq!(found, of_name, "{} looked up as {name}", vector["id"]);
        }
    });
}

/// SYN-01 to SYN-04, SYN-07, SYN-08, ATR-04, PFX-02: what a `Set-Cookie` may say, and why not.
#[test]
fn every_serialize_vector_is_written_as_given_or_refused_for_its_reason() {
    run("serialize", |vector| {
        let outcome = build(&vector["cookie"]);
        match vector["expect"].as_str() {
            Some("ok") => {
                let line = outcome.unwrap_or_else(|error| panic!("{}: {error}", vector["id"]));
                assert_eq!(segments(&line), segments(&octets(&vector["out"])), "{}", vector["id"]);
            }
            Some("reject") => {
                let code = outcome.map_err(CookieError::code).err();
                assert_eq!(code, vector["reason"].as_str(), "{}", vector["id"]);
            }
            other => panic!("{}: expects {other:?}", vector["id"]),
        }
    });
}

/// Runs the vectors of one kind, and makes sure that they are all there.
fn run(kind: &str, check: impl Fn(&Value)) {
    let file: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let of_kind: Vec<_> = array(&file["vectors"]).iter().filter(|vector| vector["kind"] == kind).collect();
    for vector in &of_kind {
        check(vector);
    }
    assert_eq!(Some(of_kind.len() as u64), file["count"][kind].as_u64(), "vectors of kind {kind}");
}

/// Asks for the cookie that a vector describes, through the types that an application would use.
fn build(cookie: &Value) -> Result<Vec<u8>, CookieError> {
    let field = |key: &str| cookie.get(key).map(text);
    let name = CookieName::parse(&field("name").expect("every cookie has a name"))?;
    let value = octets(&cookie["value"]);
    let (path, domain, expires) = (field("path"), field("domain"), field("expires"));

    let mut set_cookie = SetCookie::new(&name, CookieValue::parse(&value)?);
    if let Some(path) = &path {
        set_cookie = set_cookie.path(CookiePath::parse(path)?);
    }
    if let Some(domain) = &domain {
        set_cookie = set_cookie.domain(CookieDomain::parse(domain)?);
    }
    if let Some(seconds) = cookie["max_age"].as_i64() {
        set_cookie = set_cookie.max_age(MaxAge::from_seconds(seconds)?);
    }
    if let Some(expires) = &expires {
        set_cookie = set_cookie.expires(Expires::parse(expires)?);
    }
    if cookie["secure"] == true {
        set_cookie = set_cookie.secure();
    }
    if cookie["httponly"] == true {
        set_cookie = set_cookie.http_only();
    }
    if let Some(same_site) = field("samesite") {
        set_cookie = set_cookie.same_site(same_site.parse::<SameSite>()?);
    }
    if cookie["partitioned"] == true {
        set_cookie = set_cookie.partitioned();
    }
    Ok(set_cookie.render()?.into_bytes())
}

/// The first segment exactly, the attributes in any order and with names in any case.
fn segments(line: &[u8]) -> (String, Vec<String>) {
    let line = latin_1(line);
    let mut parts = line.split("; ");
    let pair = parts.next().unwrap_or_default().to_owned();
    let mut attributes: Vec<String> = parts
        .map(|attribute| match attribute.split_once('=') {
            Some((name, value)) => format!("{}={value}", name.to_ascii_lowercase()),
            None => attribute.to_ascii_lowercase(),
        })
        .collect();
    attributes.sort();
    (pair, attributes)
}

/// A string of the file: either as it is or generated from pieces and counts.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        generated => array(&generated["gen"])
            .iter()
            .map(|piece| {
                let count = piece[1].as_u64().and_then(|count| usize::try_from(count).ok());
                text(&piece[0]).repeat(count.expect("a piece has a count"))
            })
            .collect(),
    }
}

/// A string of the file as octets: one per code point.
fn octets(value: &Value) -> Vec<u8> {
    text(value).chars().map(|char| u8::try_from(char).expect("the file is Latin-1")).collect()
}

fn latin_1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}
