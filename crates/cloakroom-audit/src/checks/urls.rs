//! Tokens where they do not belong: in URLs and in pages.

use std::borrow::Cow;

use url::Url;

use crate::look::Exchange;
use crate::rules::{Certainty, tokens as rules};

use super::finding::{Findings, Place};
use super::view::View;

/// Parameters that carry sessions.
const NAMES: [&str; 12] = [
    "sid",
    "sessid",
    "sessionid",
    "session_id",
    "session",
    "phpsessid",
    "jsessionid",
    "aspsessionid",
    "connect.sid",
    "access_token",
    "auth_token",
    "sessiontoken",
];

/// Anything shorter is a page number, or a word.
const TOKEN_OCTETS_MIN: usize = 16;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    // What the browser holds by now, by the cookie's name.
    let values: Vec<(String, String)> = view
        .sessions()
        .filter(|(_, cookie)| cookie.value.len() >= TOKEN_OCTETS_MIN)
        .filter_map(|(line, cookie)| Some((line.name(), String::from_utf8(cookie.value.clone()).ok()?)))
        .collect();
    for place in view.places() {
        for url in urls(place.exchange) {
            if let Some(what) = token_in(&url, &values) {
                let detail = format!("{what} in a URL of {}", url.host_str().unwrap_or_default());
                findings.add(&rules::IN_URL, Certainty::Certain, place, None, detail);
            }
        }
        body(place, &values, findings);
    }
}

/// Where the answer leads, and what its page refers to.
fn urls(exchange: &Exchange) -> Vec<Url> {
    let page = exchange.page();
    let base = page.base.as_deref().and_then(|base| exchange.url.join(base).ok());
    let base = base.as_ref().unwrap_or(&exchange.url);
    let actions = page.forms.iter().map(|form| form.action.as_str());
    let written = page.references.iter().map(|reference| reference.url.as_str()).chain(actions);
    let mut urls: Vec<Url> = written.filter_map(|url| base.join(url).ok()).collect();
    urls.extend(exchange.redirects_to());
    urls.push(exchange.url.clone());
    urls
}

fn token_in(url: &Url, values: &[(String, String)]) -> Option<Cow<'static, str>> {
    for (name, value) in url.query_pairs() {
        if NAMES.contains(&name.to_ascii_lowercase().as_str()) && is_token(&value) {
            return Some(Cow::Owned(format!("the parameter {name}")));
        }
    }
    // `/page;jsessionid=...` of servlets.
    if let Some((_, rest)) = url.path().split_once(';')
        && let Some((name, value)) = rest.split_once('=')
        && NAMES.contains(&name.to_ascii_lowercase().as_str())
        && is_token(value)
    {
        return Some(Cow::Owned(format!("the path parameter {name}")));
    }
    let found = values.iter().find(|(_, value)| url.as_str().contains(value.as_str()));
    found.map(|(name, _)| Cow::Owned(format!("the value of {name}")))
}

fn is_token(value: &str) -> bool {
    value.len() >= TOKEN_OCTETS_MIN
        && value.bytes().any(|octet| octet.is_ascii_digit())
        && !value.contains(' ')
}

fn body(place: Place<'_>, values: &[(String, String)], findings: &mut Findings) {
    if values.is_empty() || place.exchange.body.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(&place.exchange.body);
    for (name, value) in values {
        if text.contains(value.as_str()) {
            findings.add(
                &rules::IN_BODY,
                Certainty::Certain,
                place,
                Some(name),
                "its value stands in the body",
            );
        }
    }
}
