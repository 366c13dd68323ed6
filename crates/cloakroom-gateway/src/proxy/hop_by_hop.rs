//! Fields that concern one connection and are never handed on.

use http::header::{CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName};

const ALWAYS: [HeaderName; 8] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Removes the fields of one connection, those that `Connection` names among them.
///
/// It runs before any field of ours is added: otherwise a client could name ours and have them removed. `Trailer` stays: it speaks of
/// the message, and trailers are handed on.
///
/// Source: RFC 9110 7.6.1.
pub(super) fn strip(headers: &mut HeaderMap) {
    let nominated: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|octet| *octet == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    for name in ALWAYS.into_iter().chain(nominated) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_connection_names_is_not_handed_on() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Secret"),
            ("connection", "another , \u{1}bad"),
            ("x-secret", "1"),
            ("another", "1"),
            ("upgrade", "websocket"),
            ("transfer-encoding", "chunked"),
            ("accept", "*/*"),
        ] {
            let value = http::HeaderValue::from_bytes(value.as_bytes());
            if let Ok(value) = value {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        headers.append(CONNECTION, "another".parse().unwrap());
        strip(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }
}
