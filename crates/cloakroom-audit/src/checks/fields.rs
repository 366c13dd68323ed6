//! Fields of pages beside the policy, and what other sites may read.

use crate::look::Why;
use crate::rules::{Certainty, Rule, pages as rules};

use super::csp;
use super::finding::{Findings, Place};
use super::view::View;

/// Judges the fields of a page.
pub(super) fn check_page(place: Place<'_>, findings: &mut Findings) {
    let exchange = place.exchange;
    let mut add =
        |rule: &'static Rule, detail: String| findings.add(rule, Certainty::Certain, place, None, detail);
    let framing = exchange.text("x-frame-options").unwrap_or_default().to_ascii_lowercase();
    let is_framed_by_few = matches!(framing.trim(), "deny" | "sameorigin");
    if !is_framed_by_few && !csp::restricts_frames(exchange) {
        add(&rules::FRAMES, "neither frame-ancestors nor X-Frame-Options".to_owned());
    }
    let sniffing = exchange.text("x-content-type-options").unwrap_or_default();
    if !sniffing.split(',').next().unwrap_or_default().trim().eq_ignore_ascii_case("nosniff") {
        add(&rules::NO_SNIFF, "no nosniff".to_owned());
    }
    match exchange.text("referrer-policy") {
        None => add(&rules::NO_REFERRER, "left to the browser".to_owned()),
        Some(policy) => {
            // The last one that a browser knows counts.
            let last =
                policy.rsplit(',').map(|word| word.trim().to_ascii_lowercase()).find(|word| !word.is_empty());
            if matches!(last.as_deref(), Some("unsafe-url" | "no-referrer-when-downgrade")) {
                add(&rules::REFERRER, policy.into_owned());
            }
        }
    }
}

/// Judges fields of every answer.
pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for place in view.places() {
        clear_site_data(place, findings);
    }
    foreign_origin(view, findings);
}

const CLEARED: [&str; 8] = [
    "\"cache\"",
    "\"cookies\"",
    "\"storage\"",
    "\"executionContexts\"",
    "\"clientHints\"",
    "\"prefetchCache\"",
    "\"prerenderCache\"",
    "\"*\"",
];

fn clear_site_data(place: Place<'_>, findings: &mut Findings) {
    let Some(field) = place.exchange.text("clear-site-data") else { return };
    let types: Vec<&str> = field.split(',').map(str::trim).collect();
    if let Some(odd) = types.iter().find(|one| !CLEARED.contains(one)) {
        findings.add(&rules::CLEAR_UNREADABLE, Certainty::Certain, place, None, *odd);
    }
    let clears = types.iter().any(|one| ["\"cookies\"", "\"*\""].contains(one));
    if clears && place.exchange.url.scheme() == "https" && place.exchange.set_cookies().any(sets) {
        findings.add(
            &rules::CLEAR_EATS,
            Certainty::Certain,
            place,
            None,
            "with Set-Cookie in the same answer",
        );
    }
}

/// Whether a line does more than remove a cookie.
fn sets(field: &[u8]) -> bool {
    let text = String::from_utf8_lossy(field).to_ascii_lowercase();
    !text.contains("max-age=0") && !text.contains("01 jan 1970")
}

fn foreign_origin(view: &View<'_>, findings: &mut Findings) {
    let Some(exchange) = view.look.visit(Why::ForeignOrigin).and_then(|visit| visit.hops.last()) else {
        return;
    };
    let place = Place { hop: 0, exchange };
    let allowed = exchange.text("access-control-allow-origin").unwrap_or_default();
    let with_credentials =
        exchange.text("access-control-allow-credentials").is_some_and(|text| text == "true");
    if with_credentials && (allowed == FOREIGN_ORIGIN || allowed == "null") {
        let detail = format!("{allowed} may, with credentials");
        findings.add(&rules::CORS, Certainty::Proven, place, None, detail);
    }
}

/// An origin that no site can have, nor trust.
pub(crate) const FOREIGN_ORIGIN: &str = "https://cloakroom-audit.invalid";
