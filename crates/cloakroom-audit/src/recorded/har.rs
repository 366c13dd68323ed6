//! HAR files, as browsers write them.
//!
//! Source: HTTP Archive 1.2.

use serde_json::Value;
use url::Url;

use crate::agent::{UnixTime, same_site};
use crate::look::{Exchange, Look, Protocol, Visit, Why};

use super::bounds::keep_within;
use super::error::InvalidRecord;

/// A site without cookies has no sessions, or a browser kept them to itself: Chromium does unless it is told otherwise.
const NO_COOKIES: &str = "no answer in the file sets a cookie; Chromium leaves cookies out unless it is told to export \
                          with sensitive data";

/// Reads a HAR file: what the site of the first page answered, as one visit.
///
/// Cookies count from `now` on, since the file's clock may be anybody's.
pub fn from_har(text: &str, now: UnixTime) -> Result<Look, InvalidRecord> {
    let har: Value = serde_json::from_str(text)?;
    let entries = har["log"]["entries"].as_array().ok_or(InvalidRecord::Har)?;
    let exchanges: Vec<Exchange> = entries.iter().filter_map(exchange).collect();
    let target = exchanges.first().ok_or(InvalidRecord::Har)?.url.clone();
    let (mut own, others): (Vec<_>, Vec<_>) =
        exchanges.into_iter().partition(|exchange| same_site(&exchange.url, &target));
    let mut notes = Vec::new();
    if !others.is_empty() {
        notes.push(format!("{} answers of other sites were left out", others.len()));
    }
    if own.iter().all(|exchange| exchange.set_cookies().next().is_none()) {
        notes.push(NO_COOKIES.to_owned());
    }
    keep_within(&mut own, &mut notes);
    let visit = Visit { why: Why::Named, at: now, hops: own };
    Ok(Look { target, at: now, visits: vec![visit], proofs: Vec::new(), notes })
}

/// One entry; `None` for what has no answer or was no HTTP.
fn exchange(entry: &Value) -> Option<Exchange> {
    let mut url = Url::parse(entry["request"]["url"].as_str()?).ok()?;
    url.set_fragment(None);
    let response = &entry["response"];
    let status = u16::try_from(response["status"].as_u64()?).ok().filter(|status| *status >= 100)?;
    if !["http", "https"].contains(&url.scheme()) {
        return None;
    }
    let mut fields = Vec::new();
    for field in response["headers"].as_array()? {
        let (name, value) = (field["name"].as_str()?.to_ascii_lowercase(), field["value"].as_str()?);
        // Several lines of one name come as one value, which only cookies cannot have.
        fields.extend(value.split('\n').map(|value| (name.clone(), latin_1(value))));
    }
    let protocol = match response["httpVersion"].as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
        "h2" | "http/2.0" | "http/2" => Protocol::Http2,
        "http/1.1" | "http/1.0" => Protocol::Http1,
        _ => Protocol::Unknown,
    };
    let is_text = response["content"]["encoding"].is_null();
    let body = response["content"]["text"].as_str().filter(|_| is_text).unwrap_or_default();
    Some(Exchange { url, status, protocol, fields, body: body.as_bytes().to_vec() })
}

/// Octets where all are of one, else the text as it is.
fn latin_1(text: &str) -> Vec<u8> {
    let octets: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    octets.unwrap_or_else(|| text.as_bytes().to_vec())
}
