//! Plain HTTP, and the ways from and to it.

use crate::agent::is_local;
use crate::look::Why;
use crate::rules::{Certainty, transport as rules};

use super::finding::Findings;
use super::kind::Kind;
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    cookies(view, findings);
    for place in view.places() {
        let exchange = place.exchange;
        let next = exchange.redirects_to();
        if exchange.url.scheme() == "https" {
            if let Some(to) = next.filter(|to| to.scheme() == "http") {
                findings.add(
                    &rules::DOWNGRADE,
                    Certainty::Certain,
                    place,
                    None,
                    format!("leads to {}", short(&to)),
                );
            }
            continue;
        }
        if !is_local(&exchange.url) && next.is_none() && (200..300).contains(&exchange.status) {
            let detail = format!("status {}", exchange.status);
            findings.add(&rules::SERVED_OVER_HTTP, Certainty::Certain, place, None, detail);
        }
    }
    let typed = view.look.visit(Why::TypedName).and_then(|visit| visit.hops.first());
    let first =
        view.places().next().filter(|place| typed.is_some_and(|typed| typed.url == place.exchange.url));
    if let Some(place) = first.filter(|place| !is_local(&place.exchange.url))
        && let Some(to) = place.exchange.redirects_to()
        && to.host_str() != place.exchange.url.host_str()
    {
        findings.add(
            &rules::LEAVES_HOST,
            Certainty::Certain,
            place,
            None,
            format!("leads to {}", short(&to)),
        );
    }
}

fn cookies(view: &View<'_>, findings: &mut Findings) {
    for line in &view.lines {
        let url = &line.exchange.url;
        let is_plain = url.scheme() != "https" && !is_local(url);
        let Ok(cookie) = &line.outcome else { continue };
        if !is_plain || cookie.is_expired(view.look.at) {
            continue;
        }
        let rule = match line.kind {
            Kind::Session | Kind::Remember => &rules::SESSION_OVER_HTTP,
            Kind::Csrf | Kind::Other => &rules::COOKIE_OVER_HTTP,
        };
        let detail = format!("in an answer with status {}", line.exchange.status);
        findings.add(rule, Certainty::Certain, line.place(), Some(&line.name()), detail);
    }
}

fn short(url: &url::Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}
