//! The auditor's jar against the browsers' own: generated lines, and whatever a browser then holds.
//!
//! Two thousand lines in each browser; `CLOAKROOM_JAR_LINES=100000` before the command tries as many as it says.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use axum::routing::get;
use cloakroom_audit::agent::{Cookie, Fate, Jar, ParsedCookie, SameSite, UnixTime};
use serde_json::Value;
use url::Url;

use crate::proofs::lines::Lines;
use crate::sites::{BANK, Sites};
use cloakroom_browsers::{Kind, in_both};

/// Lines of one answer, of which no jar drops one for want of room.
const BATCH: usize = 30;

/// How many lines each browser gets, if nobody says otherwise.
const LINES: usize = 2000;

/// A cookie, as both sides describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    value: String,
    secure: bool,
    http_only: bool,
    /// Not where a line says nothing: browsers then tell what they make of it.
    same_site: Option<&'static str>,
    expires: Option<i64>,
}

/// By name, domain (with a dot for the hosts below) and path.
type Held = BTreeMap<Key, Kept>;
type Key = (String, String, String);

fn key(cookie: &Cookie) -> Key {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let dot = if cookie.host_only { "" } else { "." };
    (text(&cookie.name), format!("{dot}{}", cookie.domain), text(&cookie.path))
}

/// The lines of a batch.
fn batch(kind: Kind, number: u64) -> Vec<String> {
    let mut lines = Lines::new(number + 1);
    let is_sent = |line: &String| HeaderValue::from_bytes(line.as_bytes()).is_ok() && !differs(kind, line);
    (0..BATCH).map(|_| lines.next()).filter(is_sent).collect()
}

#[test]
fn the_auditors_jar_holds_what_browsers_hold() {
    let wanted = std::env::var("CLOAKROOM_JAR_LINES").map_or(LINES, |lines| lines.parse().expect("a number"));
    in_both(|browser| {
        let kind = browser.kind();
        let answer = move |Path(number): Path<u64>| async move {
            let mut headers = HeaderMap::new();
            for line in batch(kind, number) {
                headers
                    .append(SET_COOKIE, HeaderValue::from_bytes(line.as_bytes()).expect("looked at above"));
            }
            (headers, "")
        };
        let sites =
            Sites::serve(Router::new().route("/", get(|| async { "" })).route("/jar/{number}", get(answer)));
        let visitor = browser.visitor();
        let tab = visitor.tab();
        tab.open(&sites.url(BANK, "/"));
        let (mut different, mut tried) = (Vec::new(), 0);
        for number in 0.. {
            if tried >= wanted {
                break;
            }
            let lines = batch(kind, number);
            tried += lines.len();
            let now = now();
            tab.value_of(&format!("fetch('/jar/{number}').then(answer => answer.status)"));
            let mut theirs = held_by(&visitor.jar());
            // Firefox still tells of what has ended this second.
            theirs.retain(|_, kept| kept.expires.is_none_or(|expires| expires > now.0 + 10));
            visitor.empty_jar();
            let url = Url::parse(&sites.url(BANK, &format!("/jar/{number}"))).expect("a URL");
            let (ours, beside) = held_by_us(&url, &lines, now);
            theirs.retain(|key, _| !beside.contains(key));
            different.extend(differences(&ours, &theirs, &lines));
        }
        assert!(
            different.is_empty(),
            "{} of {tried} lines:\n{}",
            different.len(),
            different[..different.len().min(400)].join("\n")
        );
    });
}

fn held_by_us(url: &Url, lines: &[String], now: UnixTime) -> (Held, Vec<Key>) {
    let mut jar = Jar::default();
    for line in lines {
        // What is refused is not held.
        let _kept = jar.receive(url, line.as_bytes(), now);
    }
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    // One that is partitioned lies beside one that is not, and browsers do not tell which is which.
    let is_alone = |cookie: &&Cookie| {
        let is_beside = |other: &Cookie| {
            let place =
                |one: &Cookie| (one.name.clone(), one.domain.clone(), one.host_only, one.path.clone());
            other.partitioned != cookie.partitioned && place(other) == place(cookie)
        };
        !jar.cookies().iter().any(is_beside)
    };
    let kept = jar.cookies().iter().filter(is_alone).map(|cookie| {
        let key = key(cookie);
        let same_site = match cookie.same_site {
            SameSite::Strict => Some("strict"),
            SameSite::Lax => Some("lax"),
            SameSite::None => Some("none"),
            SameSite::Default => None,
        };
        let kept = Kept {
            value: text(&cookie.value),
            secure: cookie.secure,
            http_only: cookie.http_only,
            same_site,
            expires: cookie.expires.map(|expires| expires.0),
        };
        (key, kept)
    });
    let beside = jar.cookies().iter().filter(|cookie| !is_alone(cookie)).map(key);
    (kept.collect(), beside.collect())
}

fn held_by(jar: &[Value]) -> Held {
    let text = |value: &Value| octets_as_text(value.as_str().unwrap_or_default());
    let kept = jar.iter().map(|cookie| {
        let key = (text(&cookie["name"]), text(&cookie["domain"]), text(&cookie["path"]));
        let same_site = ["strict", "lax", "none"].into_iter().find(|name| cookie["sameSite"] == *name);
        let kept = Kept {
            value: text(&cookie["value"]["value"]),
            secure: cookie["secure"] == true,
            http_only: cookie["httpOnly"] == true,
            same_site,
            expires: cookie["expiry"].as_f64().map(|expiry| {
                #[expect(clippy::cast_possible_truncation, reason = "seconds of a date")]
                let seconds = expiry as i64;
                seconds
            }),
        };
        (key, kept)
    });
    kept.collect()
}

/// Firefox tells of each octet as a character.
fn octets_as_text(text: &str) -> String {
    let octets: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    octets.and_then(|octets| String::from_utf8(octets).ok()).unwrap_or_else(|| text.to_owned())
}

fn differences(ours: &Held, theirs: &Held, lines: &[String]) -> Vec<String> {
    let is_same = |ours: &Kept, theirs: &Kept| {
        let expires = match (ours.expires, theirs.expires) {
            // The browser's clock starts when the answer is there.
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 10,
            (ours, theirs) => ours == theirs,
        };
        let same_site = ours.same_site.is_none() || ours.same_site == theirs.same_site;
        let flags = (ours.secure, ours.http_only) == (theirs.secure, theirs.http_only);
        expires && same_site && flags && ours.value == theirs.value
    };
    let line_of = |kept: Option<&Kept>| {
        let value = kept.map(|kept| kept.value.clone()).unwrap_or_default();
        let tag: String = value
            .split('v')
            .next_back()
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        lines.iter().rev().find(|line| line.contains(&format!("v{tag}"))).cloned().unwrap_or_default()
    };
    let keys: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let mut different = Vec::new();
    for key in keys {
        let (ours, theirs) = (ours.get(key), theirs.get(key));
        if !matches!((ours, theirs), (Some(ours), Some(theirs)) if is_same(ours, theirs)) {
            let short = |kept: Option<&Kept>| format!("{kept:?}").chars().take(150).collect::<String>();
            let line: String = line_of(ours.or(theirs)).chars().take(300).collect();
            different.push(format!(
                "{key:?}\n  ours   {}\n  theirs {}\n  line   {line:?}",
                short(ours),
                short(theirs)
            ));
        }
    }
    different
}

/// Parts of lines that a browser reads otherwise than the standard has it, and how. Such lines are left out.
const READ_OTHERWISE: &[(Kind, &str, &str)] = &[
    (Kind::Chromium, "Max-Age=+5", "it reads the sign, which the standard does not know"),
    (
        Kind::Chromium,
        "Max-Age=-;",
        "it ignores a sign without a number; the standard leaves open what that is",
    ),
    (Kind::Chromium, "01 Jan 1600", "it takes a year before 1601 for long ago; the standard for no date"),
    (Kind::Chromium, "1:2:3pm", "it takes no text right after the seconds"),
    (Kind::Chromium, "Jan 02031", "it takes a year of five digits"),
    (Kind::Firefox, "01 Jan 1600", "as Chromium"),
    (Kind::Firefox, "24:00:00", "its dates are those of its own library, which rolls over"),
    (Kind::Firefox, "23:60:00", "likewise"),
    (Kind::Firefox, "30 Feb", "likewise"),
    (Kind::Firefox, "31 Apr", "likewise"),
    (Kind::Firefox, "29 Feb 2027", "likewise"),
    (Kind::Firefox, "Jan 02031", "it takes a year of five digits"),
    (Kind::Firefox, "Expires=01 Jan 2031;", "it takes a date without a time"),
];

/// Whether a browser treats a line otherwise than the standard has it, for a reason that is known.
fn differs(kind: Kind, line: &str) -> bool {
    let pair = line.split(';').next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let closed = format!("{line};").replace(" ;", ";");
    let is_listed = READ_OTHERWISE.iter().any(|(of, part, _)| *of == kind && closed.contains(part));
    // The last one of a name counts for browsers even where it cannot be read; in the standard the last that can.
    let is_hidden = ["max-age", "expires"].iter().any(|name| is_hidden_by_an_unreadable(name, line));
    let is_nameless = name.trim().is_empty();
    let is_odd_pair = match kind {
        // No tab, as no other control character; and nothing that would read as a named cookie once it is sent.
        Kind::Chromium => {
            [name, value].iter().any(|part| part.trim().contains('\t')) || is_nameless && value.contains('=')
        }
        // `x` is a cookie called x for it, and `=x` is none.
        Kind::Firefox => is_nameless,
    };
    is_listed || is_hidden || is_odd_pair
}

/// Whether an attribute that can be read is followed by one of its name that cannot.
fn is_hidden_by_an_unreadable(name: &str, line: &str) -> bool {
    let Ok(parsed) = ParsedCookie::parse(line.as_bytes(), now()) else { return false };
    let of_name = parsed.attributes.iter().filter(|one| one.name.eq_ignore_ascii_case(name.as_bytes()));
    let fates: Vec<Fate> = of_name.map(|one| one.fate).collect();
    fates.contains(&Fate::Read) && fates.last() != Some(&Fate::Read)
}

#[expect(clippy::disallowed_methods, reason = "the browsers read the same clock")]
fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    UnixTime(i64::try_from(since.as_secs()).expect("it is before the sun ends"))
}
