//! `Strict-Transport-Security`.
//!
//! Source: RFC 6797 6.1, 8.1; the terms of hstspreload.org.

use std::collections::BTreeSet;

use url::Host;

use crate::agent::is_local;
use crate::look::{Exchange, Look, Why};
use crate::rules::{Certainty, Rule, transport as rules};

use super::finding::Findings;
use super::view::View;

/// A year, in seconds.
const YEAR_S: u64 = 31_536_000;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for place in view.places() {
        let exchange = place.exchange;
        let mut add = |rule: &'static Rule, detail: String| {
            findings.add(rule, Certainty::Certain, place, None, detail);
        };
        let fields: Vec<&[u8]> = exchange.all("strict-transport-security").collect();
        if exchange.url.scheme() != "https" {
            if !fields.is_empty() && !is_local(&exchange.url) {
                add(&rules::HSTS_OVER_HTTP, "browsers ignore it here".to_owned());
            }
            continue;
        }
        // Browsers keep no such promise for an address, nor for this machine.
        if is_local(&exchange.url) || !matches!(exchange.url.host(), Some(Host::Domain(_))) {
            continue;
        }
        match fields.as_slice() {
            [] => add(&rules::HSTS_MISSING, format!("status {}", exchange.status)),
            [field, rest @ ..] => {
                if !rest.is_empty() {
                    add(&rules::HSTS_INVALID, format!("{} fields, of which the first counts", fields.len()));
                }
                judge(view.look, exchange, &String::from_utf8_lossy(field), &mut add);
            }
        }
    }
}

fn judge(look: &Look, exchange: &Exchange, field: &str, add: &mut dyn FnMut(&'static Rule, String)) {
    let Some(policy) = Policy::parse(field) else {
        return add(&rules::HSTS_INVALID, field.to_owned());
    };
    if policy.max_age_s == 0 {
        return add(&rules::HSTS_OFF, field.to_owned());
    }
    if policy.max_age_s < YEAR_S {
        add(&rules::HSTS_SHORT, format!("max-age={}", policy.max_age_s));
    }
    if !policy.include_subdomains {
        add(&rules::HSTS_NO_SUBDOMAINS, field.to_owned());
    }
    if policy.preload {
        let lacks: Vec<&str> = [
            (policy.max_age_s < YEAR_S, "max-age of a year"),
            (!policy.include_subdomains, "includeSubDomains"),
            (!redirects_home(look, exchange), "a redirect from plain HTTP to this host first"),
        ]
        .iter()
        .filter(|(lacks, _)| *lacks)
        .map(|(_, what)| *what)
        .collect();
        if !lacks.is_empty() {
            add(&rules::PRELOAD_UNREADY, format!("lacks {}", lacks.join(", ")));
        }
    }
}

/// Whether plain HTTP, where it was seen to answer for this host, leads to HTTPS of it at once.
fn redirects_home(look: &Look, exchange: &Exchange) -> bool {
    let typed = look.visit(Why::TypedName).and_then(|visit| visit.hops.first());
    let Some(first) = typed.filter(|first| first.url.host_str() == exchange.url.host_str()) else {
        return true;
    };
    let leads_home = |to: url::Url| to.scheme() == "https" && to.host_str() == exchange.url.host_str();
    first.url.scheme() == "https" || first.redirects_to().is_some_and(leads_home)
}

struct Policy {
    max_age_s: u64,
    include_subdomains: bool,
    preload: bool,
}

impl Policy {
    /// `None` where a browser ignores the field: no `max-age`, or a directive twice.
    fn parse(field: &str) -> Option<Self> {
        let mut policy = Self { max_age_s: 0, include_subdomains: false, preload: false };
        let mut seen = BTreeSet::new();
        for directive in field.split(';').map(str::trim).filter(|directive| !directive.is_empty()) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let name = name.trim().to_ascii_lowercase();
            match name.as_str() {
                "max-age" => {
                    let digits = value.trim().trim_matches('"');
                    let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
                    policy.max_age_s =
                        if is_number { digits.parse().unwrap_or(u64::MAX) } else { return None };
                }
                "includesubdomains" => policy.include_subdomains = true,
                "preload" => policy.preload = true,
                _ => {}
            }
            if !seen.insert(name) {
                return None;
            }
        }
        seen.contains("max-age").then_some(policy)
    }
}
