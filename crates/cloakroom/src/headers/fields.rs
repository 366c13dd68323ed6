//! Which fields a response gets.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::csp::Template;
use super::{ContentSecurityPolicy, Directive, Nonce, StrictTransportSecurity};

/// Reloads a page that comes out of the browser's back-forward cache.
///
/// Serve it from an address of your own, as `text/javascript`, and load it in every page that shows something private:
/// `<script src="/page-guard.js" nonce="..">`.
///
/// Chromium keeps pages there in spite of `no-store` until a cookie of the site changes. When the session was ended
/// elsewhere, by an administrator, say, or by time, none changes, and *Back* would show what the page said. The page that a
/// sign-in's redirect led to it keeps even when the sign-out removes the cookie.
pub const PAGE_GUARD: &str = "addEventListener('pageshow', (event) => {\n  if (!event.persisted) return;\n  \
                              document.documentElement.hidden = true;\n  location.reload();\n});\n";

/// In the extensions of a response whose request signed out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedOut;

/// What every response gets, made once.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    policy: Template,
    may_be_framed: bool,
    transport: Option<HeaderValue>,
}

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// For every response.
const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (RESOURCE, HeaderValue::from_static("same-origin")),
];

/// For documents.
const PAGES: [(HeaderName, HeaderValue); 2] = [
    (OPENER, HeaderValue::from_static("same-origin")),
    (
        PERMISSIONS,
        HeaderValue::from_static(
            "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), \
             geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), \
             screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
        ),
    ),
];

/// Not cookies: that would take the `Set-Cookie` of the same response along, and in Chromium the cookies of the whole
/// registrable domain.
const CLEARED_AT_SIGN_OUT: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

impl Fields {
    /// The fields of this policy and this promise, over TLS when there is one.
    pub(super) fn new(policy: &ContentSecurityPolicy, transport: Option<StrictTransportSecurity>) -> Self {
        Self {
            policy: policy.template(),
            may_be_framed: policy.allows_any(Directive::FrameAncestors),
            transport: transport.map(StrictTransportSecurity::value),
        }
    }

    /// Writes the fields that the application has not set itself.
    pub(super) fn write<B>(&self, response: &mut Response<B>, nonce: Option<Nonce>) {
        let has_signed_out = response.extensions().get::<SignedOut>().is_some();
        let headers = response.headers_mut();
        if is_document(headers) {
            self.write_page(headers, nonce);
        }
        for (name, value) in ALWAYS {
            headers.entry(name).or_insert(value);
        }
        // Only what read the session varies with the cookie.
        if varies_with_cookie(headers) {
            headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        }
        let Some(transport) = &self.transport else {
            headers.remove(STRICT_TRANSPORT_SECURITY);
            return;
        };
        headers.insert(STRICT_TRANSPORT_SECURITY, transport.clone());
        if has_signed_out {
            headers.entry(CLEAR_SITE_DATA).or_insert(CLEARED_AT_SIGN_OUT);
        }
    }

    fn write_page(&self, headers: &mut HeaderMap, nonce: Option<Nonce>) {
        // Without randomness the page gets a nonce that nobody was told, and so no element has.
        let policy = || self.policy.filled(nonce.unwrap_or(Nonce::from_octets([0; 16])));
        headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(policy);
        if !self.may_be_framed {
            headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
        }
        for (name, value) in PAGES {
            headers.entry(name).or_insert(value);
        }
    }
}

/// Whether a browser would make a document of the response, in which scripts run.
fn is_document(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE) else { return false };
    ["text/html", "application/xhtml+xml", "image/svg+xml"].iter().any(|document| {
        kind.as_bytes()
            .get(..document.len())
            .is_some_and(|kind| kind.eq_ignore_ascii_case(document.as_bytes()))
    })
}

fn varies_with_cookie(headers: &HeaderMap) -> bool {
    headers.get_all(VARY).iter().any(|line| {
        line.as_bytes()
            .split(|octet| *octet == b',')
            .any(|name| name.trim_ascii().eq_ignore_ascii_case(b"cookie"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS: Option<StrictTransportSecurity> = Some(StrictTransportSecurity::two_years());

    fn over_tls() -> Fields {
        Fields::new(&ContentSecurityPolicy::strict(), TLS)
    }

    fn over_plain_http() -> Fields {
        Fields::new(&ContentSecurityPolicy::strict(), None)
    }

    fn dressed(fields: &Fields, given: &[(&str, &str)]) -> Response<()> {
        let mut response = Response::new(());
        for (name, value) in given {
            let name: HeaderName = name.parse().unwrap();
            response.headers_mut().append(name, value.parse().unwrap());
        }
        fields.write(&mut response, Some(Nonce::from_octets([1; 16])));
        response
    }

    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

    #[test]
    fn hdr_06_a_page_gets_every_field() {
        let page = dressed(&over_tls(), &[HTML]);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(page.headers()[name], value, "{name}");
        }
        assert!(page.headers().contains_key("permissions-policy"));
        let nonce = Nonce::from_octets([1; 16]);
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(&format!("script-src 'nonce-{nonce}' ")), "{policy}");
    }

    #[test]
    fn what_is_no_document_gets_no_policy_for_documents() {
        let json = dressed(&over_tls(), &[("content-type", "application/json")]);
        assert!(!json.headers().contains_key(CONTENT_SECURITY_POLICY));
        assert_eq!(json.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn what_the_application_says_itself_stays() {
        let own =
            [HTML, ("content-security-policy", "default-src 'none'"), ("x-frame-options", "SAMEORIGIN")];
        let page = dressed(&over_tls(), &own);
        assert_eq!(page.headers()[CONTENT_SECURITY_POLICY], "default-src 'none'");
        assert_eq!(page.headers()[X_FRAME_OPTIONS], "SAMEORIGIN");
    }

    #[test]
    fn hdr_03_tls_is_promised_in_one_field_whatever_the_application_said() {
        let own = [("strict-transport-security", "max-age=1"), ("strict-transport-security", "max-age=2")];
        let page = dressed(&over_tls(), &own);
        assert_eq!(page.headers().get_all(STRICT_TRANSPORT_SECURITY).iter().count(), 1);
    }

    #[test]
    fn hdr_04_tls_is_never_promised_over_plain_http() {
        let page = dressed(&over_plain_http(), &[HTML, ("strict-transport-security", "max-age=1")]);
        assert!(!page.headers().contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn hdr_02_what_depends_on_the_session_is_not_stored_unless_the_application_says_so() {
        let read = dressed(&over_tls(), &[("vary", "accept-encoding, Cookie")]);
        assert_eq!(read.headers()[CACHE_CONTROL], "no-store");
        let public = [("vary", "cookie"), ("cache-control", "public, max-age=60")];
        assert_eq!(dressed(&over_tls(), &public).headers()[CACHE_CONTROL], "public, max-age=60");
        assert!(!dressed(&over_tls(), &[("vary", "x-cookie")]).headers().contains_key(CACHE_CONTROL));
    }

    #[test]
    fn rev_11_a_sign_out_over_tls_clears_what_scripts_kept_and_no_cookie() {
        let sign_out = |fields: &Fields| {
            let mut response = Response::new(());
            response.extensions_mut().insert(SignedOut);
            fields.write(&mut response, None);
            response.headers().get(CLEAR_SITE_DATA).cloned()
        };
        assert_eq!(sign_out(&over_tls()).unwrap(), "\"cache\", \"storage\"");
        assert_eq!(sign_out(&over_plain_http()), None);
    }

    #[test]
    fn a_page_that_may_be_framed_does_not_deny_it() {
        let policy = ContentSecurityPolicy::strict()
            .allow(Directive::FrameAncestors, "https://portal.example")
            .unwrap();
        let page = dressed(&Fields::new(&policy, TLS), &[HTML]);
        assert!(!page.headers().contains_key(X_FRAME_OPTIONS));
    }
}
