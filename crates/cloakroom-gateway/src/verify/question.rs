//! What a proxy asks about: which application, which method, which path.

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};
use thiserror::Error;

use crate::config::{PublicUrl, Scheme};
use crate::verify::family::{Family, Fields};

/// A request that a proxy holds back until it is told what to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The origin that the browser sees.
    pub(crate) origin: PublicUrl,
    /// The method.
    pub(crate) method: Method,
    /// Path and query, as they came.
    pub(crate) target: String,
}

/// The question cannot be understood: the proxy is not set up as it should be, or a client meddled with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum BadQuestion {
    /// A field is missing.
    #[error("the field {0} is missing; the proxy has to set it in every request")]
    Missing(HeaderName),
    /// A field came twice, or once more with an underscore in its name.
    #[error("the field {0} came twice; the proxy has to replace what a client sends")]
    Repeated(HeaderName),
    /// A field says something that no request has.
    #[error("the field {0} is not what a proxy would send")]
    Malformed(HeaderName),
}

/// The most octets of a path and query.
const TARGET_LEN_MAX: usize = 8 * 1024;

impl Question {
    /// Reads what this family's fields say, and no other family's.
    ///
    /// Source: oauth2-proxy CVE-2026-40575, GHSA-pxq7-h93f-9jrg; Traefik CVE-2026-39858.
    pub(super) fn read(family: Family, path: &str, parts: &Parts) -> Result<Self, BadQuestion> {
        let headers = &parts.headers;
        match family.fields() {
            Fields::Url { url, method } => {
                let Some((scheme, host, target)) = split(only(headers, &url)?) else {
                    return Err(BadQuestion::Malformed(url));
                };
                Self::new((scheme, host), parsed_method(headers, &method)?, target, url)
            }
            Fields::Parts { proto, host, uri, method } => {
                let origin = (only(headers, &proto)?, only(headers, &host)?);
                Self::new(origin, parsed_method(headers, &method)?, only(headers, &uri)?, host)
            }
            Fields::Request { proto } => {
                let host = match parts.uri.authority() {
                    Some(authority) => authority.as_str(),
                    None => only(headers, &HOST)?,
                };
                let query = parts.uri.query();
                let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
                Self::new((only(headers, &proto)?, host), parts.method.clone(), &target, HOST)
            }
        }
    }

    /// A request to a URL, in the words of a service that is believed; `None` when it is none.
    pub(crate) fn of_url(method: &str, url: &str) -> Option<Self> {
        let (scheme, host, target) = split(url)?;
        Self::new((scheme, host), plain_method(method)?, target, HOST).ok()
    }

    fn new(
        (scheme, host): (&str, &str),
        method: Method,
        target: &str,
        said_in: HeaderName,
    ) -> Result<Self, BadQuestion> {
        match origin(scheme, host) {
            Some(origin) if is_target(target) => Ok(Self { origin, method, target: target.to_owned() }),
            _ => Err(BadQuestion::Malformed(said_in)),
        }
    }
}

/// The one value of a field, which no other spelling of its name may accompany.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, BadQuestion> {
    let is_alias = |other: &HeaderName| {
        let (other, name) = (other.as_str(), name.as_str());
        other.len() == name.len()
            && other != name
            && other
                .bytes()
                .zip(name.bytes())
                .all(|(other, octet)| other == octet || (other == b'_' && octet == b'-'))
    };
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or_else(|| BadQuestion::Missing(name.clone()))?;
    if values.next().is_some() || headers.keys().any(is_alias) {
        return Err(BadQuestion::Repeated(name.clone()));
    }
    value.to_str().map_err(|_| BadQuestion::Malformed(name.clone()))
}

fn parsed_method(headers: &HeaderMap, name: &HeaderName) -> Result<Method, BadQuestion> {
    plain_method(only(headers, name)?).ok_or_else(|| BadQuestion::Malformed(name.clone()))
}

fn plain_method(method: &str) -> Option<Method> {
    let is_plain = (1..=20).contains(&method.len()) && method.bytes().all(|octet| octet.is_ascii_uppercase());
    method.parse().ok().filter(|_| is_plain)
}

/// Scheme, host and the rest of a URL.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let at = rest.find('/')?;
    Some((scheme, &rest[..at], &rest[at..]))
}

/// An origin from a proxy's words. The scheme of a socket is that of its handshake.
fn origin(scheme: &str, host: &str) -> Option<PublicUrl> {
    let scheme = match scheme {
        "http" | "ws" => Scheme::Http,
        "https" | "wss" => Scheme::Https,
        _ => return None,
    };
    if host.bytes().any(|octet| b"@/\\ ,?#%".contains(&octet)) {
        return None;
    }
    PublicUrl::of(scheme, host).ok()
}

fn is_target(target: &str) -> bool {
    target.starts_with('/')
        && target.len() <= TARGET_LEN_MAX
        && target.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'#')
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn read(family: Family, path: &str, fields: &[(&str, &str)]) -> Result<Question, BadQuestion> {
        let mut request = Request::get(format!("/_cloakroom/verify/x{path}"));
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        Question::read(family, path.split('?').next().unwrap(), &parts)
    }

    const URL: (&str, &str) = ("x-original-url", "https://Wiki.example.org:443/a%2Fb//c/../d?x=1");
    const METHOD: (&str, &str) = ("x-original-method", "POST");

    fn nginx(fields: &[(&str, &str)]) -> Result<Question, BadQuestion> {
        read(Family::Nginx, "", fields)
    }

    fn caddy(proto: &str, host: &str, uri: &str, method: &str) -> Result<Question, BadQuestion> {
        let fields = [
            ("x-forwarded-proto", proto),
            ("x-forwarded-host", host),
            ("x-forwarded-uri", uri),
            ("x-forwarded-method", method),
        ];
        read(Family::Caddy, "", &fields)
    }

    #[test]
    fn every_family_says_the_same_in_its_own_fields() {
        let expected = Question {
            origin: "https://wiki.example.org".parse().unwrap(),
            method: Method::POST,
            target: "/a%2Fb//c/../d?x=1".to_owned(),
        };
        assert_eq!(nginx(&[URL, METHOD]).unwrap(), expected);
        assert_eq!(caddy("wss", "wiki.EXAMPLE.org", "/a%2Fb//c/../d?x=1", "POST").unwrap(), expected);
        let envoy = [("host", "wiki.example.org"), ("x-forwarded-proto", "https")];
        let envoy = read(Family::Envoy, "/a%2Fb//c/../d?x=1", &envoy).unwrap();
        assert_eq!(envoy, Question { method: Method::GET, ..expected });
    }

    #[test]
    fn a_field_that_a_client_could_have_added_is_not_believed() {
        let proto = HeaderName::from_static("x-original-url");
        assert_eq!(nginx(&[METHOD]), Err(BadQuestion::Missing(proto.clone())));
        assert_eq!(nginx(&[URL, URL, METHOD]), Err(BadQuestion::Repeated(proto.clone())));
        assert_eq!(nginx(&[URL, ("X_Original-URL", "x"), METHOD]), Err(BadQuestion::Repeated(proto)));
        let others =
            [("x-forwarded-host", "evil"), ("x-forwarded-uri", "/public"), ("forwarded", "host=evil")];
        let question = nginx(&[&[URL, METHOD][..], &others].concat()).unwrap();
        assert_eq!(question.target, "/a%2Fb//c/../d?x=1", "another family's fields count for nothing");
    }

    #[test]
    fn what_no_request_has_is_refused() {
        let long = format!("/{}", "a".repeat(TARGET_LEN_MAX));
        for (proto, host, uri, method) in [
            ("ftp", "a.example", "/", "GET"),
            ("https", "a.example@evil", "/", "GET"),
            ("https", "a.example, evil", "/", "GET"),
            ("https", "a.example/x", "/", "GET"),
            ("https", "a.example\\x", "/", "GET"),
            ("https", "", "/", "GET"),
            ("https", "a.example", "", "GET"),
            ("https", "a.example", "a", "GET"),
            ("https", "a.example", "/a#b", "GET"),
            ("https", "a.example", "/a b", "GET"),
            ("https", "a.example", &long, "GET"),
            ("https", "a.example", "/", "get"),
            ("https", "a.example", "/", "GET POST"),
            ("https", "a.example", "/", "ABCDEFGHIJKLMNOPQRSTU"),
            ("https", "a.example", "/", ""),
        ] {
            let question = caddy(proto, host, uri, method);
            assert!(matches!(question, Err(BadQuestion::Malformed(_))), "{proto} {host} {uri} {method}");
        }
    }
}
