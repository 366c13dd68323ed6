//! Whether a person is waiting for a page, or a program for an answer.

use http::header::{ACCEPT, UPGRADE};
use http::{HeaderMap, HeaderName};

const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// What a request is, as far as a sign-in is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A browser that shows the answer, so it can be led to the sign-in page.
    Navigation,
    /// The handshake of a WebSocket.
    WebSocket,
    /// Everything else: scripts, images, programs. A redirect would only confuse them.
    Program,
}

/// Tells the kind of a request from its fields.
///
/// Fetch metadata decides where a browser sends any; it is left out on plain HTTP, where the older signs count.
pub(crate) fn kind(headers: &HeaderMap) -> Kind {
    if is_web_socket(headers) {
        return Kind::WebSocket;
    }
    let is_navigation = if headers.keys().any(|name| name.as_str().starts_with("sec-fetch-")) {
        headers.get(FETCH_MODE).is_some_and(|mode| mode == "navigate")
    } else {
        !headers.contains_key(UPGRADE)
            && headers.get(REQUESTED_WITH).is_none_or(|with| with != "XMLHttpRequest")
            && accepts_html(headers)
    };
    if is_navigation { Kind::Navigation } else { Kind::Program }
}

/// Whether a request is the handshake of a `WebSocket`.
pub(crate) fn is_web_socket(headers: &HeaderMap) -> bool {
    headers.get_all(UPGRADE).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// `*/*` alone is what programs say.
fn accepts_html(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    ranges.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(is_zero_quality)
    })
}

fn is_zero_quality(parameter: &str) -> bool {
    parameter
        .split_once('=')
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .and_then(|(_, quality)| quality.trim().parse::<f32>().ok())
        .is_some_and(|quality| quality <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(&'static str, &'static str)]) -> Kind {
        kind(
            &fields
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
                .collect(),
        )
    }

    #[test]
    fn fetch_metadata_decides() {
        assert_eq!(of(&[("sec-fetch-mode", "navigate"), ("accept", "*/*")]), Kind::Navigation);
        assert_eq!(of(&[("sec-fetch-mode", "cors"), ("accept", "text/html")]), Kind::Program);
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("accept", "text/html")]), Kind::Program);
    }

    #[test]
    fn without_it_whoever_wants_html_and_is_no_script_navigates() {
        assert_eq!(of(&[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]), Kind::Navigation);
        assert_eq!(of(&[("accept", "application/json, Text/HTML ; q=0.1")]), Kind::Navigation);
        assert_eq!(of(&[("accept", "text/html;q=0")]), Kind::Program);
        assert_eq!(of(&[("accept", "text/html;level=1; q=0.000")]), Kind::Program);
        assert_eq!(of(&[("accept", "*/*")]), Kind::Program);
        assert_eq!(of(&[]), Kind::Program);
        assert_eq!(of(&[("accept", "text/html"), ("x-requested-with", "XMLHttpRequest")]), Kind::Program);
        assert_eq!(of(&[("accept", "text/html"), ("upgrade", "h2c")]), Kind::Program);
    }

    #[test]
    fn a_websocket_handshake_is_told_apart() {
        assert_eq!(of(&[("upgrade", "WebSocket"), ("sec-fetch-mode", "websocket")]), Kind::WebSocket);
        assert_eq!(of(&[("upgrade", "websocket"), ("accept", "text/html")]), Kind::WebSocket);
    }
}
