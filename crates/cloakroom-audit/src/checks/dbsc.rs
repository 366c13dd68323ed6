//! Sessions bound to a device: offers, challenges, and the cookie that is promised.
//!
//! Source: DBSC; what Chromium makes of each was tried in it.

use serde_json::Value;

use crate::agent::{Jar, is_secure, same_site};
use crate::look::Exchange;
use crate::rules::{Certainty, Rule, dbsc as rules};

use super::finding::Findings;
use super::structured::{Bare, Content, Member, list};
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for place in view.places() {
        let exchange = place.exchange;
        let mut add =
            |rule: &'static Rule, detail: &str| findings.add(rule, Certainty::Certain, place, None, detail);
        if ["sec-session-registration", "sec-session-challenge"]
            .iter()
            .any(|old| exchange.text(old).is_some())
        {
            add(&rules::OLD_NAME, "Sec-Session-...");
        }
        if let Some(field) = exchange.text("secure-session-registration") {
            if is_secure(&exchange.url) {
                offers(&field, exchange, &mut add);
            } else {
                add(&rules::OVER_HTTP, "plain HTTP");
            }
        }
        if let Some(field) = exchange.text("secure-session-challenge") {
            let names_session = |member: &Member| {
                matches!(member.value, Content::Item(Bare::Text(_)))
                    && matches!(member.parameter("id"), Some(Bare::Text(_)))
            };
            if !list(&field).is_some_and(|members| members.iter().all(names_session)) {
                add(&rules::CHALLENGE_ID, "no id, or no string");
            }
        }
        if let Some(detail) = mismatch(exchange, view) {
            add(&rules::CREDENTIAL, &detail);
        }
    }
}

/// Each offer of the list is judged alone: browsers skip those that they cannot use.
fn offers(field: &str, exchange: &Exchange, add: &mut dyn FnMut(&'static Rule, &str)) {
    let Some(members) = list(field) else { return add(&rules::MALFORMED, "no list of structured fields") };
    for member in &members {
        let Content::Inner(algorithms) = &member.value else {
            add(&rules::MALFORMED, "algorithms are no inner list, such as (ES256)");
            continue;
        };
        if algorithms.iter().any(|one| !matches!(one, Bare::Token(_))) {
            add(&rules::MALFORMED, "algorithms are no tokens");
            continue;
        }
        let is_known = |one: &Bare| matches!(one, Bare::Token(name) if name == "ES256" || name == "RS256");
        if !algorithms.iter().any(is_known) {
            add(&rules::ALGORITHM, "neither ES256 nor RS256");
        }
        match member.parameter("path") {
            Some(Bare::Text(path)) => {
                let url = exchange.url.join(path).ok();
                if !url.is_some_and(|url| same_site(&url, &exchange.url) && is_secure(&url)) {
                    add(&rules::OTHER_SITE, path);
                }
            }
            Some(_) => add(&rules::MALFORMED, "path is no string"),
            None => add(&rules::NO_PATH, "no path"),
        }
        match member.parameter("challenge") {
            Some(Bare::Text(challenge)) if !challenge.is_empty() => {}
            Some(Bare::Text(_)) | None => add(&rules::NO_CHALLENGE, "no challenge"),
            Some(_) => add(&rules::MALFORMED, "challenge is no string"),
        }
    }
}

/// What a registration's answer describes, and does not set.
fn mismatch(exchange: &Exchange, view: &View<'_>) -> Option<String> {
    let instructions: Value = serde_json::from_slice(&exchange.body).ok()?;
    instructions.get("session_identifier")?;
    for credential in instructions.get("credentials")?.as_array()? {
        let name = credential.get("name")?.as_str()?;
        let attributes = credential.get("attributes").and_then(Value::as_str).unwrap_or_default();
        let field = format!("{name}=x; {attributes}");
        let Ok(described) = Jar::default().receive(&exchange.url, field.as_bytes(), view.look.at) else {
            return Some(format!("{name} is described as one that browsers refuse"));
        };
        let set = view
            .kept()
            .find(|(line, cookie)| std::ptr::eq(line.exchange, exchange) && cookie.name == name.as_bytes());
        let Some((_, set)) = set else { return Some(format!("{name} is described and not set")) };
        let shape = |cookie: &crate::agent::Cookie| {
            let reach = (cookie.domain.clone(), cookie.host_only, cookie.path.clone());
            (reach, cookie.secure, cookie.http_only, cookie.same_site)
        };
        if shape(&described) != shape(set) {
            return Some(format!("{name} is set with other attributes than described"));
        }
    }
    None
}
