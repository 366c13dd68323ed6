//! Whether an unsafe request comes from our own pages: judged by `Sec-Fetch-Site`, else by `Origin`.

use std::collections::HashSet;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method, Uri};
use thiserror::Error;

use crate::config::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Decides which requests another site could have made a browser send.
///
/// The table is the one of Go's `net/http` (`CrossOriginProtection`), stricter where a field is repeated.
/// Requests with neither field pass: no browser of today sends them across origins.
#[derive(Clone, Debug)]
pub(crate) struct CrossOriginRules {
    /// What browsers put into `Host`, in case a proxy in front rewrites that field.
    own_authority: String,
    trusted: HashSet<String>,
}

/// Another site may have made this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CrossOriginRefusal {
    /// The browser says that the request began on another site or origin.
    #[error("the request began on another site")]
    FetchSite,
    /// The browser says that the request began on another origin.
    #[error("the request began on another origin")]
    Origin,
}

impl CrossOriginRules {
    /// Rules of a gateway that is reached under this origin and accepts forms of these others.
    pub(crate) fn new(public_url: &PublicUrl, trusted: &[PublicUrl]) -> Self {
        Self {
            own_authority: public_url.authority().to_owned(),
            trusted: trusted.iter().map(PublicUrl::to_string).collect(),
        }
    }

    /// Judges one request by its head alone, before anything is read or changed.
    ///
    /// # Errors
    /// [`CrossOriginRefusal`] for an unsafe request that another site may have caused.
    ///
    /// Source: ASVS 5.0 3.5.1; OWASP Cross-Site Request Forgery Prevention, "Fetch Metadata".
    pub(crate) fn judge(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), CrossOriginRefusal> {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        let Ok(origin) = only(headers, &ORIGIN) else { return Err(CrossOriginRefusal::Origin) };
        let Ok(site) = only(headers, &SEC_FETCH_SITE) else { return Err(CrossOriginRefusal::FetchSite) };
        if origin.is_some_and(|origin| self.trusted.contains(origin)) {
            return Ok(());
        }
        match (site.filter(|site| !site.is_empty()), origin) {
            (Some("same-origin" | "none"), _) | (None, None) => Ok(()),
            (Some(_), _) => Err(CrossOriginRefusal::FetchSite),
            (None, Some(origin)) if self.is_own(origin, uri, headers) => Ok(()),
            (None, Some(_)) => Err(CrossOriginRefusal::Origin),
        }
    }

    /// Whether the handshake of a `WebSocket` comes from our own pages, a trusted origin, or no browser at all.
    ///
    /// `SameSite` stops no sibling sub-domain, and the same-origin policy no socket.
    pub(crate) fn is_own_socket(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        match only(headers, &ORIGIN) {
            Ok(None) => true,
            Ok(Some(origin)) => self.trusted.contains(origin) || self.is_own(origin, uri, headers),
            Err(Repeated) => false,
        }
    }

    /// The scheme is not compared: behind a proxy that speaks TLS the request does not carry it, and HSTS
    /// keeps the plain origin from existing.
    fn is_own(&self, origin: &str, uri: &Uri, headers: &HeaderMap) -> bool {
        let Some(authority) = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
        else {
            return false;
        };
        let host = uri.authority().map(http::uri::Authority::as_str);
        let host = host.or_else(|| only(headers, &HOST).ok().flatten());
        !authority.is_empty() && (host == Some(authority) || authority == self.own_authority)
    }
}

struct Repeated;

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(value.to_str().unwrap_or("invalid"))),
        (Some(_), Some(_)) => Err(Repeated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://app.example";

    fn judge(method: &str, fields: &[(&'static str, &str)], trusted: &[&str]) -> bool {
        let trusted: Vec<PublicUrl> = trusted.iter().map(|origin| origin.parse().unwrap()).collect();
        let rules = CrossOriginRules::new(&"https://elsewhere.example".parse().unwrap(), &trusted);
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers.entry(HOST).or_insert("app.example".parse().unwrap());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        rules.judge(&method, &Uri::from_static("/_cloakroom/login"), &headers).is_ok()
    }

    fn post(site: Option<&str>, origin: Option<&str>) -> bool {
        post_trusting(site, origin, &[])
    }

    fn post_trusting(site: Option<&str>, origin: Option<&str>, trusted: &[&str]) -> bool {
        let site = site.map(|site| ("sec-fetch-site", site));
        let origin = origin.map(|origin| ("origin", origin));
        let fields: Vec<_> = site.into_iter().chain(origin).collect();
        judge("POST", &fields, trusted)
    }

    #[test]
    fn safe_methods_always_pass() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(judge(
                method,
                &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
                &[]
            ));
        }
    }

    #[test]
    fn requests_of_no_browser_pass() {
        assert!(post(None, None));
        assert!(post(Some(""), None));
    }

    #[test]
    fn without_fetch_metadata_the_origin_must_be_ours() {
        assert!(post(None, Some(OWN)));
        assert!(post(None, Some("http://app.example")));
        for foreign in [
            "https://app.example:8443",
            "https://evil.example",
            "null",
            "https://sub.app.example",
            "https://app.example.evil.example",
            ":::",
            "https://",
            "app.example",
            "https://APP.example",
        ] {
            assert!(!post(None, Some(foreign)), "{foreign}");
        }
    }

    #[test]
    fn the_port_belongs_to_the_origin() {
        let fields = [("host", "app.example:8443"), ("origin", "https://app.example:8443")];
        assert!(judge("POST", &fields, &[]));
    }

    #[test]
    fn a_trusted_origin_passes_exactly() {
        let trusted = ["https://evil.example", "https://idp.example", "https://sub.app.example"];
        assert!(post_trusting(None, Some("https://evil.example"), &trusted));
        assert!(post_trusting(Some("same-site"), Some("https://sub.app.example"), &trusted));
        assert!(post_trusting(Some("cross-site"), Some("https://idp.example"), &trusted));
        for near in [
            "http://idp.example",
            "https://idp.example:8443",
            "https://idp.example.evil",
            "https://xidp.example",
        ] {
            assert!(!post_trusting(Some("cross-site"), Some(near), &trusted), "{near}");
        }
    }

    #[test]
    fn fetch_metadata_decides_before_the_origin() {
        assert!(post(Some("same-origin"), None));
        assert!(post(Some("same-origin"), Some("https://evil.example")));
        assert!(post(Some("none"), None));
        assert!(post(Some("none"), Some("null")));
        assert!(!post(Some("same-site"), Some("https://sub.app.example")));
        assert!(!post(Some("cross-site"), Some("https://evil.example")));
        assert!(!post(Some("cross-site"), Some(OWN)));
        assert!(!post(Some("weird"), Some(OWN)));
        assert!(!post(Some("Same-Origin"), None));
    }

    #[test]
    fn every_other_method_is_unsafe() {
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "FOO"] {
            assert!(!judge(method, &[("sec-fetch-site", "cross-site")], &[]), "{method}");
        }
    }

    #[test]
    fn a_repeated_field_is_refused() {
        assert!(!judge("POST", &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], &[]));
        assert!(!judge("POST", &[("origin", OWN), ("origin", OWN)], &[]));
    }

    #[test]
    fn the_public_origin_is_ours_also_behind_a_proxy_that_rewrites_the_host() {
        assert!(post(None, Some("https://elsewhere.example")));
    }
}
