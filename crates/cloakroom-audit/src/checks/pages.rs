//! Pages: what they load, their forms and their fields.

use url::Url;

use crate::agent::same_site;
use crate::look::{Form, Look, UNTRIED, Use, Visit, Why};
use crate::rules::{Certainty, pages as rules};

use super::finding::{Findings, Place};
use super::view::View;
use super::{csp, fields};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for place in view.places() {
        if !place.exchange.is_html() || place.exchange.redirects_to().is_some() {
            continue;
        }
        let page = place.exchange.page();
        csp::check(place, &page, findings);
        fields::check_page(place, findings);
        for form in &page.forms {
            check_form(form, place, view, findings);
        }
        if place.exchange.url.scheme() != "https" {
            continue;
        }
        for reference in &page.references {
            let is_plain = reference.url.to_ascii_lowercase().starts_with("http://");
            let rule = match reference.used {
                Use::Active => &rules::MIXED_ACTIVE,
                Use::Passive => &rules::MIXED_PASSIVE,
                Use::Link => continue,
            };
            if is_plain {
                let url = reference.url.split('?').next().unwrap_or_default();
                findings.add(rule, Certainty::Certain, place, None, url);
            }
        }
    }
}

fn check_form(form: &Form, place: Place<'_>, view: &View<'_>, findings: &mut Findings) {
    let page = &place.exchange.url;
    let Ok(to) = page.join(&form.action) else { return };
    if page.scheme() == "https" && to.scheme() == "http" {
        let detail = format!("to {}", to.host_str().unwrap_or_default());
        findings.add(&rules::FORM_OVER_HTTP, Certainty::Certain, place, None, detail);
    }
    let has_token = form.inputs.iter().any(|input| {
        let is_random = input.value.len() >= 16 && input.value.bytes().any(|octet| octet.is_ascii_digit());
        input.kind == "hidden" && (is_random || looks_like_a_token(&input.name))
    });
    if form.is_post && same_site(page, &to) && !has_token && !is_settled(form, &to, view.look) {
        findings.add(
            &rules::FORM_UNPROTECTED,
            Certainty::Likely,
            place,
            None,
            format!("POST to {}", to.path()),
        );
    }
}

/// Whether it was tried if other sites can send this form, and they cannot; or a note says that it was not tried.
fn is_settled(form: &Form, to: &Url, look: &Look) -> bool {
    let is_refused = |visit: &Visit| {
        let is_it = visit.hops.last().is_some_and(|answer| answer.url.path() == to.path());
        // An empty form may be refused for being empty, but not with this status.
        let is_forbidden = || visit.hops.last().is_some_and(|answer| answer.status == 403);
        is_it && (visit.why == Why::RefusedSignIn || visit.why == Why::ForeignForm && is_forbidden())
    };
    let is_left_alone = form.is_sign_in() && look.notes.iter().any(|note| note == UNTRIED);
    is_left_alone || look.visits.iter().any(is_refused)
}

fn looks_like_a_token(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["csrf", "xsrf", "token", "nonce", "requestverification"].iter().any(|part| name.contains(part))
}
