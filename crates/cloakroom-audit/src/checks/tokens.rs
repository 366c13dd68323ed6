//! What the tokens of sessions are made of.

use std::collections::BTreeMap;

use crate::agent::{Cookie, Jar, UnixTime};
use crate::look::{Look, Visit, Why};
use crate::rules::{Certainty, Rule, tokens as rules};
use crate::token::{Format, Sample, Trait};

use super::finding::Findings;
use super::view::{SetLine, View};

/// Below this, tokens are found by trying.
const BITS_MIN: f64 = 64.0;

/// What standards ask for.
const BITS_WANTED: f64 = 128.0;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let mut by_name: BTreeMap<&[u8], (&SetLine<'_>, &Cookie)> = BTreeMap::new();
    for (line, cookie) in view.sessions().filter(|(_, cookie)| !cookie.value.is_empty()) {
        by_name.entry(&cookie.name).or_insert((line, cookie));
    }
    let visitors: Vec<Visitor> = visitors(view.look);
    for (name, (line, cookie)) in by_name {
        let signature = [name, b".sig"].concat();
        let is_signed = view.kept().any(|(_, other)| other.name == signature);
        let mut add = |rule: &'static Rule, detail: String| {
            let certainty = if line.is_guess { Certainty::Likely } else { Certainty::Certain };
            findings.add(rule, certainty, line.place(), Some(&line.name()), detail);
        };
        content(&Format::of(&cookie.value, is_signed), &mut add);
        samples(&visitors, name, is_signed, &mut add);
    }
}

type Add<'a> = dyn FnMut(&'static Rule, String) + 'a;

/// What one token says.
fn content(format: &Format, add: &mut Add<'_>) {
    let mut weak = |known_key: Option<&'static str>| {
        if let Some(key) = known_key {
            let name = if key.is_empty() { "the empty key" } else { key };
            add(&rules::WEAK_KEY, format!("the key is {name:?}"));
        }
    };
    match format {
        Format::Jwt { algorithm, has_expiry, shape, known_key } => {
            weak(*known_key);
            add(&rules::JWT, format!("{algorithm}, {shape}"));
            if algorithm.eq_ignore_ascii_case("none") {
                add(&rules::JWT_NONE, format!("alg: {algorithm}"));
            }
            if !has_expiry {
                add(&rules::JWT_NO_EXPIRY, "no exp".to_owned());
            }
        }
        Format::Signed { by, shape, known_key } => {
            weak(*known_key);
            add(&rules::READABLE, format!("signed by {by}: {}", shape.as_deref().unwrap_or("content")));
        }
        Format::SignedReference { known_key, .. } => weak(*known_key),
        Format::Readable { shape } => add(&rules::UNSIGNED, shape.clone()),
        Format::Uuid(version @ (1 | 2 | 6)) => add(&rules::TIME_UUID, format!("UUID of version {version}")),
        Format::Uuid(version) => {
            let bits = if *version == 7 { 74 } else { 122 };
            add(&rules::BELOW_128, format!("UUID of version {version}, {bits} random bits at most"));
        }
        Format::Sealed | Format::Opaque(_) => {}
    }
}

/// What several references have in common.
fn samples(visitors: &[Visitor], name: &[u8], is_signed: bool, add: &mut Add<'_>) {
    let mut sample = Sample::default();
    for visitor in visitors {
        let Some(cookie) = visitor.jar.cookies().iter().find(|cookie| cookie.name == name) else { continue };
        match Format::of(&cookie.value, is_signed) {
            Format::Opaque(reference) | Format::SignedReference { reference, .. } => {
                sample.add(reference, visitor.at);
            }
            // Content is judged as content.
            _ => return,
        }
    }
    if sample.len() == 0 {
        return;
    }
    let count = sample.len();
    for one in sample.traits() {
        match one {
            Trait::Same => add(&rules::SAME, format!("{count} visitors, one value")),
            Trait::Repeated => add(&rules::REPEATED, format!("among {count} visitors")),
            Trait::Counter(step) => {
                add(&rules::COUNTER, format!("{count} visitors, steps of at most {step}"));
            }
            Trait::Time => add(&rules::TIME, format!("in each of {count}")),
            Trait::Biased(share) => add(&rules::BIASED, format!("{share:.1} % of the bits are ones")),
            Trait::Bits(bits) if bits < BITS_MIN => add(&rules::SHORT, format!("at most {bits:.0} bits")),
            Trait::Bits(bits) if bits < BITS_WANTED => {
                add(&rules::BELOW_128, format!("at most {bits:.0} bits"));
            }
            Trait::Bits(_) => {}
        }
    }
}

/// What a visitor holds in the end, and when they came.
struct Visitor {
    jar: Jar,
    at: UnixTime,
}

fn visitors(look: &Look) -> Vec<Visitor> {
    let holder = |visit: &Visit| {
        let mut jar = Jar::default();
        for exchange in &visit.hops {
            for field in exchange.set_cookies() {
                // What is refused is in no jar.
                let _kept = jar.receive(&exchange.url, field, look.at);
            }
        }
        Visitor { jar, at: visit.at }
    };
    let compared = look.visits.iter().filter(|visit| visit.is_judged() || visit.why == Why::Sample);
    compared.map(holder).collect()
}
