//! Requests that programs behind us could read in another way, or that reach past us.

use http::header::HOST;
use http::uri::Authority;
use http::{Method, Request, StatusCode, Version};

/// Why a request is answered here and now, if it is.
///
/// How a body ends is settled before: HTTP/1.1 is parsed strictly, and both `Content-Length` and `Transfer-Encoding` of a request are never
/// handed on, since a new connection to the application has a framing of its own.
///
/// - `CONNECT` asks for a tunnel to anywhere. HTTP/2 may ask for a WebSocket by it, but only where it was offered, and it is not: browsers
///   open a connection of HTTP/1.1 for it then.
/// - Two hosts, or one that is none, are two applications to two programs.
///
/// Source: RFC 9110 9.3.6; RFC 9112 3.2; RFC 8441 3.
pub(super) fn refusal<B>(request: &Request<B>) -> Option<StatusCode> {
    if request.method() == Method::CONNECT {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    if !request.uri().path().starts_with('/') {
        return Some(StatusCode::BAD_REQUEST);
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let is_host = |host: &http::HeaderValue| {
        // A host as nearly every client sends it needs no parser.
        let is_plain =
            |octet: &u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-".contains(octet);
        if !host.is_empty() && host.as_bytes().iter().all(is_plain) {
            return true;
        }
        let authority = Authority::try_from(host.as_bytes());
        authority.is_ok_and(|authority| !authority.as_str().contains('@'))
    };
    let is_missing = first.is_none() && request.version() == Version::HTTP_11;
    let is_wrong = is_missing || second.is_some() || first.is_some_and(|host| !is_host(host));
    is_wrong.then_some(StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, target: &str, hosts: &[&str], version: Version) -> Option<u16> {
        let mut request = Request::builder().method(method).uri(target).version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        refusal(&request.body(()).unwrap()).map(|status| status.as_u16())
    }

    #[test]
    fn a_request_has_one_host_and_a_path() {
        let http11 = Version::HTTP_11;
        assert_eq!(of("GET", "/a", &["a.example:80"], http11), None);
        assert_eq!(of("GET", "http://a.example/a", &["b.example"], http11), None);
        assert_eq!(of("GET", "https://a.example/a", &[], Version::HTTP_2), None);
        assert_eq!(of("GET", "/a", &[], Version::HTTP_10), None);
        for hosts in [&[][..], &["a.example", "a.example"], &["a@b"], &["a b"], &[""], &["a/b"]] {
            assert_eq!(of("GET", "/a", hosts, http11), Some(400), "{hosts:?}");
        }
        assert_eq!(of("OPTIONS", "*", &["a"], http11), Some(400));
        assert_eq!(of("CONNECT", "a.example:443", &["a"], http11), Some(405));
    }
}
