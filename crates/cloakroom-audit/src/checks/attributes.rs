//! What cookies say of themselves.

use crate::agent::{Cookie, Fate, Prefix, SameSite, Unread};
use crate::rules::{Certainty, Rule, attributes as rules};

use super::finding::Findings;
use super::kind::Kind;
use super::view::{SetLine, View};

const DAY_S: i64 = 86_400;

/// From here on a session cookie is long-lived rather than merely persistent: two weeks and a day, so that what frameworks
/// call two weeks is told apart from months.
const LONG_S: i64 = 15 * DAY_S;

/// The cap of browsers.
const CAP_S: i64 = 400 * DAY_S;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for (line, cookie) in view.kept() {
        let mut add = |rule: &'static Rule, detail: String| {
            let certainty = if line.is_guess { Certainty::Likely } else { Certainty::Certain };
            findings.add(rule, certainty, line.place(), Some(&line.name()), detail);
        };
        match line.kind {
            Kind::Session => {
                protections(line, cookie, &mut add);
                reach(cookie, line, &mut add);
                lifetime(cookie, view, &mut add);
            }
            Kind::Remember => protections(line, cookie, &mut add),
            Kind::Csrf => {
                if !cookie.secure && is_secure_site(line) || cookie.same_site == SameSite::Default {
                    add(&rules::CSRF_INSECURE, missing(cookie));
                }
            }
            Kind::Other => {}
        }
        writing(line, cookie, &mut add);
    }
}

type Add<'a> = dyn FnMut(&'static Rule, String) + 'a;

/// On this machine alone Secure means nothing without TLS; elsewhere its lack over plain HTTP is told by the transport.
fn is_secure_site(line: &SetLine<'_>) -> bool {
    line.exchange.url.scheme() == "https"
}

fn missing(cookie: &Cookie) -> String {
    let lacks = [("Secure", !cookie.secure), ("SameSite", cookie.same_site == SameSite::Default)];
    let names: Vec<&str> = lacks.iter().filter(|(_, lacks)| *lacks).map(|(name, _)| *name).collect();
    format!("without {}", names.join(" and "))
}

fn protections(line: &SetLine<'_>, cookie: &Cookie, add: &mut Add<'_>) {
    if !cookie.secure && is_secure_site(line) {
        add(&rules::NO_SECURE, "goes over plain HTTP too".to_owned());
    }
    if !cookie.http_only {
        add(&rules::NO_HTTP_ONLY, "document.cookie shows it".to_owned());
    }
    match cookie.same_site {
        SameSite::Default => {
            let written = line.parsed.iter().flat_map(|parsed| &parsed.attributes);
            let value = written.rev().find(|one| one.name.eq_ignore_ascii_case(b"samesite"));
            add(
                &rules::NO_SAME_SITE,
                match value {
                    Some(one) => format!("SameSite={} counts as none", String::from_utf8_lossy(&one.value)),
                    None => "no SameSite".to_owned(),
                },
            );
        }
        SameSite::None => add(&rules::SAME_SITE_NONE, "SameSite=None".to_owned()),
        SameSite::Lax | SameSite::Strict => {}
    }
}

/// Who else gets the cookie, or can replace it.
fn reach(cookie: &Cookie, line: &SetLine<'_>, add: &mut Add<'_>) {
    if !cookie.host_only {
        add(&rules::DOMAIN, format!("sent to every host below {}", cookie.domain));
    }
    let prefix = Prefix::of(&cookie.name);
    if !prefix.is_some_and(Prefix::is_host) && line.exchange.url.scheme() == "https" {
        add(
            &rules::NO_PREFIX,
            match prefix {
                Some(prefix) => format!("{} does not tie it to the host", prefix.as_str()),
                None => "any host of the domain can plant it".to_owned(),
            },
        );
    }
    if !line.parsed.as_ref().is_some_and(|parsed| parsed.says("path")) {
        add(&rules::DEFAULT_PATH, format!("valid below {} only", String::from_utf8_lossy(&cookie.path)));
    }
}

fn lifetime(cookie: &Cookie, view: &View<'_>, add: &mut Add<'_>) {
    match cookie.lifetime_s(view.look.at) {
        Some(seconds) if seconds >= LONG_S => add(&rules::LONG_LIVED, format!("lives for {}", span(seconds))),
        Some(seconds) if seconds > DAY_S => add(&rules::PERSISTENT, format!("lives for {}", span(seconds))),
        _ => {}
    }
}

/// How the line is written, whatever the cookie is for.
fn writing(line: &SetLine<'_>, cookie: &Cookie, add: &mut Add<'_>) {
    let Some(parsed) = &line.parsed else { return };
    if parsed.asked_s().is_some_and(|asked| asked > CAP_S) {
        add(&rules::BEYOND_CAP, "asks for more than 400 days".to_owned());
    }
    for attribute in &parsed.attributes {
        let name = String::from_utf8_lossy(&attribute.name);
        match attribute.fate {
            Fate::Read => {}
            Fate::Unread(Unread::Unknown) => {
                // The one word that browsers once knew, and that harms nobody.
                if !attribute.name.eq_ignore_ascii_case(b"priority")
                    && !attribute.name.eq_ignore_ascii_case(b"version")
                {
                    add(&rules::UNKNOWN_ATTRIBUTE, format!("{name}{}", likely(&attribute.name)));
                }
            }
            Fate::Unread(Unread::Value) => {
                add(&rules::ATTRIBUTE_VALUE, format!("{name}={}", String::from_utf8_lossy(&attribute.value)));
            }
            Fate::Unread(Unread::Repeated) => {
                add(&rules::REPEATED_ATTRIBUTE, format!("{name} is there again later"));
            }
            Fate::Unread(Unread::TooLong) => {
                add(&rules::LONG_ATTRIBUTE, format!("{name} has {} octets", attribute.value.len()));
            }
        }
    }
    if cookie.name.is_empty() {
        add(&rules::NAMELESS, "no name".to_owned());
    } else if !is_token(&cookie.name) {
        add(&rules::SYNTAX, "its name is no token".to_owned());
    } else if !is_cookie_value(&cookie.value) {
        add(&rules::SYNTAX, "its value holds octets that cookies may not have".to_owned());
    }
    let prefix = Prefix::of(&cookie.name);
    if prefix.is_some_and(|prefix| !cookie.name.starts_with(prefix.as_str().as_bytes())) {
        add(&rules::PREFIX_CASE, cookie.name_text());
    }
}

/// What an unknown attribute was probably meant to be.
fn likely(name: &[u8]) -> String {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|octet| octet.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
    };
    let known = ["Secure", "HttpOnly", "SameSite", "Path", "Domain", "Max-Age", "Expires", "Partitioned"];
    let meant = known.iter().find(|known| letters(known.as_bytes()) == letters(name));
    meant.map_or_else(String::new, |meant| format!(", probably {meant}"))
}

/// Whether a name is a token.
///
/// Source: RFC 9110 5.6.2.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet))
}

/// Whether a value is one that a server may write: printed ASCII without quotes, commas, semicolons and backslashes; one pair of
/// quotes around it.
///
/// Source: RFC 6265bis 4.1.1.
fn is_cookie_value(value: &[u8]) -> bool {
    let inner = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value);
    inner.iter().all(|octet| octet.is_ascii_graphic() && !b"\",;\\".contains(octet))
}

/// A time, for people.
fn span(seconds: i64) -> String {
    match seconds {
        days if days >= 2 * DAY_S => format!("{} days", days / DAY_S),
        hours => format!("{} hours", hours / 3600),
    }
}
