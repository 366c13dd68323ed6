//! Several cookies together: of one name, and too many of them.

use std::collections::HashMap;

use crate::agent::Asking;
use crate::rules::{Certainty, attributes as rules};

use super::finding::{Findings, Place};
use super::kind::Kind;
use super::view::View;

/// Browsers promise to keep so many for a domain.
const COOKIES_MAX: usize = 50;

/// What many servers take as one field.
const FIELD_OCTETS_MAX: usize = 8 * 1024;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    set_twice(view, findings);
    let judged = view.look.visits.iter().filter(|visit| visit.is_judged());
    let mut hops = 0;
    for (visit, jar) in judged.zip(&view.jars) {
        hops += visit.hops.len();
        let Some(last) = visit.hops.last() else { continue };
        let place = Place { hop: hops, exchange: last };
        let mut of_domain: HashMap<&str, usize> = HashMap::new();
        for cookie in jar.cookies() {
            *of_domain.entry(crate::agent::registrable_domain(&cookie.domain)).or_default() += 1;
        }
        for (domain, count) in of_domain.into_iter().filter(|(_, count)| *count > COOKIES_MAX) {
            let detail = format!("{count} cookies for {domain}");
            findings.add(&rules::TOO_MANY, Certainty::Certain, place, None, detail);
        }
        let field = jar.field_for(&last.url, Asking::SameSite, view.look.at).unwrap_or_default();
        if field.len() > FIELD_OCTETS_MAX {
            let detail = format!("{} octets", field.len());
            findings.add(&rules::FIELD_TOO_LARGE, Certainty::Certain, place, None, detail);
        }
        let mut names: HashMap<&[u8], usize> = HashMap::new();
        for cookie in jar.cookies_for(&last.url, Asking::SameSite, view.look.at) {
            *names.entry(&cookie.name).or_default() += 1;
            if names[cookie.name.as_slice()] == 2 && Kind::of(cookie) != Kind::Other {
                let detail = "the next request carries both";
                findings.add(&rules::AMBIGUOUS, Certainty::Certain, place, Some(&cookie.name_text()), detail);
            }
        }
    }
}

fn set_twice(view: &View<'_>, findings: &mut Findings) {
    let mut seen = HashMap::new();
    for line in &view.lines {
        let Ok(cookie) = &line.outcome else { continue };
        let key = (line.hop, &cookie.name, &cookie.domain, &cookie.path, cookie.host_only);
        if seen.insert(key, ()).is_some() {
            findings.add(
                &rules::SET_TWICE,
                Certainty::Certain,
                line.place(),
                Some(&line.name()),
                "the last one counts",
            );
        }
    }
}
