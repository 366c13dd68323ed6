//! The cross-origin check: whether another site made the browser send an unsafe request.
//!
//! 1. GET, HEAD and OPTIONS pass: they change nothing.
//! 2. A request whose `Origin` is trusted passes, and so does a path that is exempt.
//! 3. `Sec-Fetch-Site` decides when the browser sent one: `same-origin` and `none` pass, everything else is refused.
//! 4. Otherwise the host and port of `Origin` must be those that the request was sent to.
//! 5. A request with neither field passes: browsers of today do not send one across origins.
//! 6. A field that is repeated is refused.
//!
//! The table is that of Go's `net/http.CrossOriginProtection`, stricter in the last point. The scheme is not compared with
//! the request's, since behind a proxy that speaks TLS the request does not carry it; HSTS keeps the plain origin away.
//! Behind a proxy that rewrites `Host`, [`CrossOrigin::served_as`] says which origin browsers see.
//!
//! Source: ASVS 5.0 3.5.1, 3.5.3; OWASP Cross-Site Request Forgery Prevention, "Fetch Metadata".

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use pin_project_lite::pin_project;
use thiserror::Error;
use tower_layer::Layer;
use tower_service::Service;

use crate::engine::Engine;
use crate::event::EventKind;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Which origins may send unsafe requests besides our own, and which paths need no check.
#[derive(Clone, Debug, Default)]
pub struct CrossOrigin {
    own: HashSet<String>,
    trusted: HashSet<String>,
    exempt_paths: HashSet<String>,
}

/// Why a request was refused; found in the extensions of the 403 answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CrossOriginRefusal {
    /// The browser says that the request began on another site or origin.
    #[error("the request began on another site")]
    FetchSite,
    /// The browser says that the request began on another origin.
    #[error("the request began on another origin")]
    Origin,
}

/// The text is no origin as browsers write it: `scheme://host[:port]`, lower case, and nothing after it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no origin: write scheme://host[:port] in lower case, without a path")]
pub struct InvalidOrigin(pub String);

impl CrossOrigin {
    /// Our own origin only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says under which origin browsers reach us, for a proxy in front that rewrites `Host`.
    ///
    /// It counts as ours where `Origin` decides, and does not overrule `Sec-Fetch-Site`.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when no browser would ever send it.
    pub fn served_as(mut self, origin: &str) -> Result<Self, InvalidOrigin> {
        self.own.insert(checked(origin)?);
        Ok(self)
    }

    /// Trusts another origin too, compared octet for octet; overrules `Sec-Fetch-Site`.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when no browser would ever send it.
    pub fn trust(mut self, origin: &str) -> Result<Self, InvalidOrigin> {
        self.trusted.insert(checked(origin)?);
        Ok(self)
    }

    /// Exempts one path, compared octet for octet; for requests that carry a proof of their own, such as a signature.
    #[must_use]
    pub fn insecure_exempt_path(mut self, path: &str) -> Self {
        self.exempt_paths.insert(path.to_owned());
        self
    }

    /// Judges a request by its head.
    ///
    /// # Errors
    /// [`CrossOriginRefusal`] for an unsafe request that another site may have caused.
    pub fn judge(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), CrossOriginRefusal> {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
            || self.exempt_paths.contains(uri.path())
        {
            return Ok(());
        }
        let origin = only(headers, &ORIGIN).map_err(|Repeated| CrossOriginRefusal::Origin)?;
        let site = only(headers, &SEC_FETCH_SITE).map_err(|Repeated| CrossOriginRefusal::FetchSite)?;
        if origin.is_some_and(|origin| self.trusted.contains(origin)) {
            return Ok(());
        }
        match (site.filter(|site| !site.is_empty()), origin) {
            (Some("same-origin" | "none"), _) | (None, None) => Ok(()),
            (Some(_), _) => Err(CrossOriginRefusal::FetchSite),
            (None, Some(origin)) if self.own.contains(origin) || is_own(origin, uri, headers) => Ok(()),
            (None, Some(_)) => Err(CrossOriginRefusal::Origin),
        }
    }
}

/// An origin as browsers write it.
fn checked(origin: &str) -> Result<String, InvalidOrigin> {
    let invalid = || InvalidOrigin(origin.to_owned());
    let (scheme, authority) = origin.split_once("://").ok_or_else(invalid)?;
    let is_host = authority.parse::<Authority>().is_ok_and(|parsed| !parsed.host().is_empty());
    let is_plain = !authority.contains(['@', '/', '?', '#', '\\']) && !origin.contains(char::is_uppercase);
    if matches!(scheme, "http" | "https") && is_host && is_plain {
        Ok(origin.to_owned())
    } else {
        Err(invalid())
    }
}

fn is_own(origin: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = uri.authority().map(Authority::as_str).or_else(|| only(headers, &HOST).ok().flatten());
    authority.is_some_and(|authority| !authority.is_empty() && host == Some(authority))
}

/// A field that stands more than once.
struct Repeated;

/// The one value of a field, if any.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|value| value.to_str().unwrap_or("unreadable"))),
        (_, Some(_)) => Err(Repeated),
    }
}

/// Refuses cross-origin unsafe requests with 403; made by
/// [`Sessions::cross_origin_layer`](crate::Sessions::cross_origin_layer).
#[derive(Clone)]
pub struct CrossOriginLayer {
    rules: Arc<CrossOrigin>,
    engine: Arc<Engine>,
}

impl std::fmt::Debug for CrossOriginLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CrossOriginLayer").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl CrossOriginLayer {
    pub(crate) fn new(rules: CrossOrigin, engine: Arc<Engine>) -> Self {
        Self { rules: Arc::new(rules), engine }
    }
}

impl<S> Layer<S> for CrossOriginLayer {
    type Service = CrossOriginService<S>;

    fn layer(&self, inner: S) -> CrossOriginService<S> {
        CrossOriginService { inner, layer: self.clone() }
    }
}

/// A service behind the check; see [`CrossOriginLayer`].
#[derive(Clone, Debug)]
pub struct CrossOriginService<S> {
    inner: S,
    layer: CrossOriginLayer,
}

impl<S, B, R> Service<Request<B>> for CrossOriginService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<&'static str>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = CrossOriginFuture<S::Future, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let CrossOriginLayer { rules, engine } = &self.layer;
        match rules.judge(request.method(), request.uri(), request.headers()) {
            Ok(()) => CrossOriginFuture { allowed: Some(self.inner.call(request)), refused: None },
            Err(refusal) => {
                let reason = match refusal {
                    CrossOriginRefusal::FetchSite => "sec_fetch_site",
                    CrossOriginRefusal::Origin => "origin",
                };
                engine.report(&engine.event(EventKind::RefusedCrossOrigin).because(reason));
                CrossOriginFuture { allowed: None, refused: Some(forbidden(refusal)) }
            }
        }
    }
}

fn forbidden<R: From<&'static str>>(refusal: CrossOriginRefusal) -> Response<R> {
    let mut response = Response::new(R::from(r#"{"error":"cross_origin"}"#));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.extensions_mut().insert(refusal);
    response
}

pin_project! {
    /// The future of [`CrossOriginService`].
    #[derive(Debug)]
    pub struct CrossOriginFuture<F, R> {
        #[pin]
        allowed: Option<F>,
        refused: Option<Response<R>>,
    }
}

impl<F, R, E> Future for CrossOriginFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.allowed.as_pin_mut() {
            Some(allowed) => allowed.poll(cx),
            None => Poll::Ready(Ok(this.refused.take().expect("a future is not polled after it is done"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://app.example";
    const EVIL: &str = "https://evil.example";

    /// One row of the decision table: method, `Host`, `Sec-Fetch-Site`, `Origin`, trusted origin, and the judgement.
    type Row =
        (&'static str, &'static str, Option<&'static str>, Option<&'static str>, Option<&'static str>, bool);

    #[rustfmt::skip]
    const TABLE: [Row; 29] = [
        ("GET",     "app.example",      Some("cross-site"),  Some(EVIL),                               None,       true),
        ("HEAD",    "app.example",      Some("cross-site"),  Some(EVIL),                               None,       true),
        ("OPTIONS", "app.example",      Some("cross-site"),  Some(EVIL),                               None,       true),
        ("POST",    "app.example",      None,                None,                                     None,       true),
        ("POST",    "app.example",      Some(""),            None,                                     None,       true),
        ("POST",    "app.example",      None,                Some(OWN),                                None,       true),
        ("POST",    "app.example",      None,                Some("http://app.example"),               None,       true),
        ("POST",    "app.example",      None,                Some("https://app.example:8443"),         None,       false),
        ("POST",    "app.example:8443", None,                Some("https://app.example:8443"),         None,       true),
        ("POST",    "app.example",      None,                Some(EVIL),                               None,       false),
        ("POST",    "app.example",      None,                Some("null"),                             None,       false),
        ("POST",    "app.example",      None,                Some(EVIL),                               Some(EVIL), true),
        ("POST",    "app.example",      None,                Some("https://sub.app.example"),          None,       false),
        ("POST",    "app.example",      None,                Some("https://app.example.evil.example"), None,       false),
        ("POST",    "app.example",      None,                Some(":::"),                              None,       false),
        ("POST",    "app.example",      Some("same-origin"), None,                                     None,       true),
        ("POST",    "app.example",      Some("same-origin"), Some(EVIL),                               None,       true),
        ("POST",    "app.example",      Some("none"),        None,                                     None,       true),
        ("POST",    "app.example",      Some("none"),        Some("null"),                             None,       true),
        ("POST",    "app.example",      Some("same-site"),   Some("https://sub.app.example"),          None,       false),
        ("POST",    "app.example",      Some("same-site"),   Some(EVIL),                               Some(EVIL), true),
        ("POST",    "app.example",      Some("cross-site"),  Some(EVIL),                               None,       false),
        ("POST",    "app.example",      Some("cross-site"),  Some(EVIL),                               Some(EVIL), true),
        ("POST",    "app.example",      Some("cross-site"),  Some(OWN),                                None,       false),
        ("POST",    "app.example",      Some("weird"),       Some(OWN),                                None,       false),
        ("POST",    "app.example",      Some("Same-Origin"), None,                                     None,       false),
        ("PUT",     "app.example",      Some("cross-site"),  Some(EVIL),                               None,       false),
        ("DELETE",  "app.example",      Some("cross-site"),  Some(EVIL),                               None,       false),
        ("FOO",     "app.example",      Some("cross-site"),  Some(EVIL),                               None,       false),
    ];

    #[test]
    fn behaviour_36_every_row_of_the_decision_table_holds() {
        for (number, (method, host, site, origin, trusted, allowed)) in TABLE.into_iter().enumerate() {
            let rules = trusted.into_iter().try_fold(CrossOrigin::new(), CrossOrigin::trust).unwrap();
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            site.map(|site| headers.insert(SEC_FETCH_SITE, site.parse().unwrap()));
            origin.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
            let judged = rules.judge(&method.parse().unwrap(), &Uri::from_static("/act"), &headers);
            assert_eq!(judged.is_ok(), allowed, "row {number}: {method} {site:?} {origin:?}");
        }
    }

    #[test]
    fn a_repeated_field_is_refused() {
        for field in [SEC_FETCH_SITE, ORIGIN] {
            let mut headers = HeaderMap::new();
            headers.append(&field, HeaderValue::from_static("same-origin"));
            headers.append(&field, HeaderValue::from_static("cross-site"));
            assert!(CrossOrigin::new().judge(&Method::POST, &Uri::from_static("/"), &headers).is_err());
        }
    }

    #[test]
    fn only_origins_as_browsers_write_them_can_be_trusted() {
        for wrong in [
            "https://app.example/",
            "app.example",
            "https://app.example?x",
            "",
            "https://",
            "https://APP.example",
        ] {
            assert!(CrossOrigin::new().trust(wrong).is_err(), "{wrong}");
        }
        assert!(CrossOrigin::new().trust("https://app.example:8443").is_ok());
    }

    #[test]
    fn the_origin_that_browsers_see_is_ours_but_overrules_no_fetch_metadata() {
        let rules = CrossOrigin::new().served_as(OWN).unwrap();
        let judged = |site: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("127.0.0.1:7464"));
            headers.insert(ORIGIN, HeaderValue::from_static(OWN));
            site.map(|site| headers.insert(SEC_FETCH_SITE, HeaderValue::from_static(site)));
            rules.judge(&Method::POST, &Uri::from_static("/act"), &headers).is_ok()
        };
        assert!(judged(None));
        assert!(!judged(Some("cross-site")));
    }

    #[test]
    fn an_exempt_path_is_compared_whole() {
        let rules = CrossOrigin::new().insecure_exempt_path("/hook");
        let mut headers = HeaderMap::new();
        headers.insert(SEC_FETCH_SITE, HeaderValue::from_static("cross-site"));
        let judged = |path| rules.judge(&Method::POST, &Uri::from_static(path), &headers).is_ok();
        assert!(judged("/hook"));
        assert!(!judged("/hook/x") && !judged("/Hook") && !judged("//hook"));
    }
}
