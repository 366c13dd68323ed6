//! JSON, whose schema is `docs/audit.schema.json`. No value of a cookie is in it.

use serde_json::{Value, json};

use crate::agent::Cookie;
use crate::checks::Offer;
use crate::look::{Protocol, printable, url_for_people};
use crate::rules::{Framework, Severity};

use super::baseline::SCHEMA;
use super::content::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    format!("{:#}\n", value(report))
}

fn value(report: &Report<'_>) -> Value {
    let look = report.look;
    let hops: Vec<Value> = look
        .hops()
        .map(|(hop, exchange)| {
            json!({
                "hop": hop,
                "url": url_for_people(&exchange.url),
                "status": exchange.status,
                "protocol": protocol(exchange.protocol),
            })
        })
        .collect();
    let findings: Vec<Value> = report
        .verdict
        .findings
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.id,
                "severity": finding.rule.severity.as_str(),
                "certainty": finding.certainty.as_str(),
                "title": finding.rule.title,
                "hop": finding.hop,
                "url": finding.url,
                "cookie": finding.cookie,
                "detail": finding.detail,
                "times": finding.times,
                "more": finding.more,
                "means": finding.rule.means,
                "fix": finding.fix(),
                "source": finding.rule.source,
                "fingerprint": finding.fingerprint(),
                "known": report.baseline.knows(finding),
                "fails": report.fails(finding),
            })
        })
        .collect();
    let counts = report.verdict.counts();
    let count = |severity| counts.get(&severity).copied().unwrap_or(0);
    json!({
        "schema": SCHEMA,
        "target": url_for_people(&look.target),
        "at": look.at.rfc3339(),
        "framework": report.verdict.framework.map(Framework::as_str),
        "hops": hops,
        "cookies": report.verdict.offers.iter().map(|offer| self::offer(offer, report)).collect::<Vec<_>>(),
        "findings": findings,
        "counts": Severity::ALL.iter().map(|one| (one.as_str().to_owned(), json!(count(*one)))).collect::<serde_json::Map<_, _>>(),
        "fail_on": report.fail_on.map(Severity::as_str),
        "failures": report.failures(),
        "notes": look.notes,
    })
}

/// A cookie, but for its value.
fn offer(offer: &Offer, report: &Report<'_>) -> Value {
    let head = json!({ "hop": offer.hop, "name": offer.name, "session": offer.is_session });
    let rest = match &offer.outcome {
        Ok(cookie) => kept(cookie, report),
        Err(refusal) => {
            json!({ "stored": false, "reason": refusal.code(), "step": refusal.source(), "says": refusal.to_string() })
        }
    };
    let fields = [head, rest].into_iter().filter_map(|part| part.as_object().cloned()).flatten();
    Value::Object(fields.collect())
}

fn kept(cookie: &Cookie, report: &Report<'_>) -> Value {
    json!({
        "stored": true,
        "value_octets": cookie.value.len(),
        "domain": cookie.domain,
        "host_only": cookie.host_only,
        "path": printable(&String::from_utf8_lossy(&cookie.path)),
        "secure": cookie.secure,
        "http_only": cookie.http_only,
        "same_site": cookie.same_site.as_str(),
        "partitioned": cookie.partitioned,
        "lifetime_s": cookie.lifetime_s(report.look.at),
        "expired": cookie.is_expired(report.look.at),
    })
}

/// The name of a protocol; none where it is not known.
pub(super) const fn protocol(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Http1 => Some("HTTP/1.1"),
        Protocol::Http2 => Some("HTTP/2"),
        Protocol::Unknown => None,
    }
}
