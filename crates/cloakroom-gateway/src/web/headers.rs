//! Header fields of every response of ours.

use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::{PublicUrl, Scheme};

/// The policy of our pages: nothing but our stylesheet, pictures and script is loaded, nothing else runs, nothing may frame us, and forms
/// come back to us or lead on to an application. The script may ask us whether somebody has signed in meanwhile.
///
/// Chromium holds `form-action` against the redirects that follow a form too, so every application's origin stands there.
pub(crate) fn page_policy<'a>(applications: impl Iterator<Item = &'a str>) -> HeaderValue {
    let targets = applications.fold("'self'".to_owned(), |targets, origin| format!("{targets} {origin}"));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::try_from(policy).expect("origins are visible ASCII")
}

/// The policy of a picture that is opened alone: it is shown, and does nothing.
pub(crate) static PICTURE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
);

/// Says of a page in which language it is, and that another may be there. What is no page has none.
///
/// Source: RFC 9110 8.5, 12.5.5.
pub(crate) fn write_language(headers: &mut HeaderMap, tag: &'static str) {
    let is_page = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    if headers.get(CONTENT_TYPE).is_some_and(is_page) {
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(tag));
        headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    }
}

/// Two years, the usual promise, sub-domains included: one that could be read on the way could plant cookies here.
const TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Writes the fields of a page of ours, which may ask for a stricter `Referrer-Policy` by itself.
///
/// `Referrer-Policy` is `same-origin` and not `no-referrer`, since the latter makes browsers send `Origin: null` with our
/// own forms.
///
/// Source: ASVS 5.0 3.4.3 to 3.4.8, 14.3.2.
pub(crate) fn write_page(headers: &mut HeaderMap, policy: &HeaderValue) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy.clone()),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ] {
        headers.insert(name, value);
    }
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// What a sign-out over TLS takes along.
pub(crate) const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Not "cookies": it would clear the whole registrable domain.
///
/// Source: Clear-Site-Data 4.2.4.
pub(crate) const CLEARED: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

/// Promises TLS, once, when browsers reach us by it, and never otherwise.
///
/// Source: RFC 6797 7.1, 7.2.
pub(crate) fn write_transport(headers: &mut HeaderMap, public_url: &PublicUrl) {
    match public_url.scheme() {
        Scheme::Https => headers.insert(STRICT_TRANSPORT_SECURITY, TRANSPORT),
        Scheme::Http => headers.remove(STRICT_TRANSPORT_SECURITY),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_choose_to_be_cached_and_nothing_else() {
        let (mut headers, policy) = (HeaderMap::new(), page_policy(["https://a.example"].into_iter()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src *"));
        write_page(&mut headers, &policy);
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(headers[CONTENT_SECURITY_POLICY], policy);
        let mut bare = HeaderMap::new();
        write_page(&mut bare, &policy);
        assert_eq!(bare[CACHE_CONTROL], "no-store");
    }

    #[test]
    fn a_page_says_its_language_and_nothing_else_does() {
        let (mut page, mut other) = (HeaderMap::new(), HeaderMap::new());
        page.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        page.append(VARY, HeaderValue::from_static("Cookie"));
        other.insert(CONTENT_TYPE, HeaderValue::from_static("text/css"));
        for headers in [&mut page, &mut other] {
            write_language(headers, "de");
        }
        assert_eq!(page[CONTENT_LANGUAGE], "de");
        assert_eq!(page.get_all(VARY).iter().collect::<Vec<_>>(), ["Cookie", "Accept-Language"]);
        assert!(!other.contains_key(CONTENT_LANGUAGE) && !other.contains_key(VARY));
    }

    #[test]
    fn tls_is_promised_once_and_only_where_it_is() {
        let mut headers = HeaderMap::new();
        headers.append(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=1"));
        headers.append(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=2"));
        write_transport(&mut headers, &"https://a.example".parse().unwrap());
        assert_eq!(headers.get_all(STRICT_TRANSPORT_SECURITY).iter().collect::<Vec<_>>(), [TRANSPORT]);
        write_transport(&mut headers, &"http://localhost".parse().unwrap());
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
