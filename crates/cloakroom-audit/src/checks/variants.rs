//! The same visit by another protocol or kind of address.

use std::collections::BTreeSet;

use crate::look::{Exchange, Family, Look, Visit, Why};
use crate::rules::{Certainty, Rule, transport as rules};

use super::finding::{Findings, Place};
use super::view::View;

/// Fields that visitors are protected by.
const PROTECTING: [&str; 5] = [
    "strict-transport-security",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "cache-control",
];

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let look = view.look;
    compare(look, Why::Named, Why::OtherProtocol, &rules::PROTOCOLS_DIFFER, findings);
    compare(look, Why::Address(Family::V4), Why::Address(Family::V6), &rules::FAMILIES_DIFFER, findings);
}

fn compare(look: &Look, one: Why, other: Why, rule: &'static Rule, findings: &mut Findings) {
    let last = |why| look.visit(why).and_then(|visit: &Visit| visit.hops.last());
    // The visit by a typed name stands for the named one where it led there.
    let one = last(one).or_else(|| (one == Why::Named).then(|| last(Why::TypedName)).flatten());
    let (Some(one), Some(other)) = (one, last(other)) else { return };
    let differences = differences(one, other);
    if !differences.is_empty() {
        let place = Place { hop: 0, exchange: other };
        findings.add(rule, Certainty::Certain, place, None, differences.join(", "));
    }
}

fn differences(one: &Exchange, other: &Exchange) -> Vec<String> {
    let mut differences = Vec::new();
    if one.status != other.status {
        differences.push(format!("status {} and {}", one.status, other.status));
    }
    if names(one) != names(other) {
        differences.push("set-cookie".to_owned());
    }
    // A nonce differs each time; whether there is a field at all does not.
    let differs = |name: &&&str| one.text(name).is_some() != other.text(name).is_some();
    differences.extend(PROTECTING.iter().filter(differs).map(|name| (*name).to_owned()));
    differences
}

fn names(exchange: &Exchange) -> BTreeSet<&[u8]> {
    exchange
        .set_cookies()
        .map(|field| field.split(|octet| *octet == b'=').next().unwrap_or_default())
        .collect()
}
