//! Whether a cache may keep an answer that sets a session.
//!
//! Source: RFC 9111 3, 4.2, 5.2.2.

use crate::look::Exchange;
use crate::rules::{Certainty, Rule, transport as rules};

use super::finding::Findings;
use super::kind::Kind;
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for line in &view.lines {
        // A removal matters too: kept, it would sign others out. Only its content is no secret.
        let is_kept = line.outcome.as_ref().is_ok_and(|cookie| !cookie.is_expired(view.look.at));
        if !is_kept || !matches!(line.kind, Kind::Session | Kind::Remember) {
            continue;
        }
        if let Some((rule, detail)) = verdict(line.exchange) {
            let certainty = if line.is_guess { Certainty::Likely } else { Certainty::Certain };
            findings.add(rule, certainty, line.place(), Some(&line.name()), detail);
        }
    }
}

/// Statuses that a cache may keep without being told.
const HEURISTIC: [u16; 12] = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];

fn verdict(exchange: &Exchange) -> Option<(&'static Rule, String)> {
    let control = Control::of(exchange);
    let said = || exchange.text("cache-control").unwrap_or_default().into_owned();
    if control.has("no-store") {
        return None;
    }
    let is_fresh = control.has("max-age") || control.has("s-maxage") || exchange.text("expires").is_some();
    let is_storable = is_fresh || control.has("public") || HEURISTIC.contains(&exchange.status);
    if !is_storable {
        return None;
    }
    if control.has("private") {
        return Some((&rules::CACHE_PRIVATE, said()));
    }
    if control.qualifies("no-cache") {
        return Some((&rules::CACHE_QUALIFIED, said()));
    }
    if control.has("no-cache") || control.is_zero("max-age") && !control.has("s-maxage") {
        return Some((&rules::CACHE_PRIVATE, said()));
    }
    if is_fresh || control.has("public") {
        let ended = !control.has("max-age") && !control.has("s-maxage") && expires_in_the_past(exchange);
        return Some(if ended { (&rules::CACHE_PRIVATE, said()) } else { (&rules::CACHE_SHARED, said()) });
    }
    if exchange.text("last-modified").is_some() {
        let detail = "no Cache-Control, and a Last-Modified to guess a lifetime from".to_owned();
        return Some((&rules::CACHE_SHARED, detail));
    }
    Some((&rules::CACHE_UNSAID, format!("no Cache-Control, status {}", exchange.status)))
}

/// `Expires` before `Date`, or no date at all: `0` and `-1` are written for that.
fn expires_in_the_past(exchange: &Exchange) -> bool {
    let date = |name| crate::agent::parse_date(exchange.all(name).next().unwrap_or_default());
    match (date("expires"), date("date")) {
        (Some(expires), Some(now)) => expires <= now,
        (Some(expires), None) => expires.0 <= 0,
        (None, _) => true,
    }
}

/// The directives of `Cache-Control`.
struct Control(Vec<(String, Option<String>)>);

impl Control {
    fn of(exchange: &Exchange) -> Self {
        let text = exchange.text("cache-control").unwrap_or_default().to_ascii_lowercase();
        let mut directives = Vec::new();
        let mut quoted = false;
        let parts = text.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        for part in parts {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name, Some(value.trim().trim_matches('"').to_owned())),
                None => (part, None),
            };
            directives.push((name.trim().to_owned(), value));
        }
        Self(directives)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, value)| other == name && (name != "no-cache" || value.is_none()))
    }

    fn qualifies(&self, name: &str) -> bool {
        self.0.iter().any(|(other, value)| other == name && value.is_some()) && !self.has(name)
    }

    fn is_zero(&self, name: &str) -> bool {
        self.0.iter().any(|(other, value)| other == name && value.as_deref() == Some("0"))
    }
}
