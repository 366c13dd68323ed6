//! The tower layer: gives each request its visit, and each response what the visit came to.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cloakroom_core::cookie::name_set_by;
use http::header::{CACHE_CONTROL, RETRY_AFTER, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::engine::Engine;
use crate::error::{Error, RETRY_AFTER_SECONDS};
use crate::headers::SignedOut;
use crate::moving::MovingIn;
use crate::session::{Session, Wish};
use crate::visit::{End, OldCookie, Outgoing, Visit};

/// Puts sessions around routes; made by [`Sessions::layer`](crate::Sessions::layer).
///
/// A route that does not ask for its session costs no look-up, and its response says nothing about cookies.
///
/// The response head leaves after the commit. When the commit fails because the store does, the handler's answer is
/// replaced by a 503, since what it says may not be true; when it loses a race, the handler's answer stands and carries no
/// cookie of ours.
///
/// A handler's own `Set-Cookie` of the name of one of our cookies is dropped: that line is written here and nowhere else.
#[derive(Clone)]
pub struct SessionLayer {
    engine: Arc<Engine>,
}

impl SessionLayer {
    pub(crate) const fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

impl std::fmt::Debug for SessionLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { inner, engine: Arc::clone(&self.engine) }
    }
}

/// A service with sessions; see [`SessionLayer`].
#[derive(Clone)]
pub struct SessionService<S> {
    inner: S,
    engine: Arc<Engine>,
}

impl<S: std::fmt::Debug> std::fmt::Debug for SessionService<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let visit = Arc::new(Visit::new(Arc::clone(&self.engine)));
        request.extensions_mut().insert(Arc::clone(&visit));
        SessionFuture { handler: self.inner.call(request), visit, commit: None }
    }
}

pin_project! {
    /// The future of [`SessionService`].
    pub struct SessionFuture<F, R> {
        #[pin]
        handler: F,
        visit: Arc<Visit>,
        commit: Option<Pin<Box<dyn Future<Output = Response<R>> + Send>>>,
    }
}

impl<F, R> std::fmt::Debug for SessionFuture<F, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionFuture").finish_non_exhaustive()
    }
}

impl<F, R, E> Future for SessionFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default + Send + 'static,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(commit) = this.commit {
            return commit.as_mut().poll(cx).map(Ok);
        }
        let mut response = match ready!(this.handler.poll(cx)) {
            Ok(response) => response,
            Err(error) => return Poll::Ready(Err(error)),
        };
        match this.visit.end() {
            End::Unasked => {
                drop_foreign_cookies(response.headers_mut(), &this.visit.engine);
                Poll::Ready(Ok(response))
            }
            End::Settled(set_cookie) => {
                finish(&mut response, this.visit, set_cookie);
                Poll::Ready(Ok(response))
            }
            End::Unwritten => {
                let commit = this.commit.insert(Box::pin(commit(response, Arc::clone(this.visit))));
                commit.as_mut().poll(cx).map(Ok)
            }
        }
    }
}

/// Writes what the request changed, before the response head leaves.
async fn commit<R: Default>(mut response: Response<R>, visit: Arc<Visit>) -> Response<R> {
    let has_edits = visit.change(|state| !state.edits.0.is_empty()).unwrap_or_default();
    let renewal_is_due = visit.read(|view| view.renewal_is_due).unwrap_or_default();
    let wish = if renewal_is_due { Wish::Renew } else { Wish::Nothing };
    match Session(Arc::clone(&visit)).write(wish).await {
        // A periodic renewal that failed is tried again by the next request.
        Err(error) if has_edits && !matches!(error, Error::Gone | Error::Lost) => {
            tracing::error!(target: "cloakroom", error = %error, "what a request wrote to its session could not be kept");
            response = Response::new(R::default());
            *response.status_mut() = error.status();
            if error.status() == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
            }
        }
        Ok(()) | Err(_) => {}
    }
    let set_cookie = visit.change(|state| state.set_cookie(&visit.engine)).flatten();
    finish(&mut response, &visit, set_cookie);
    response
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const COOKIE: HeaderValue = HeaderValue::from_static("cookie");
/// Fields by which caches in front of us are told something else than `Cache-Control` says.
const CACHE_FIELDS: [HeaderName; 2] =
    [HeaderName::from_static("cdn-cache-control"), HeaderName::from_static("surrogate-control")];

/// Says what a response that depends on the session has to say.
fn finish<R>(response: &mut Response<R>, visit: &Visit, set_cookie: Option<Outgoing>) {
    let headers = response.headers_mut();
    if visit.old_cookie() == Some(OldCookie::Used) {
        take_old_cookies_away(headers, &visit.engine);
    }
    drop_foreign_cookies(headers, &visit.engine);
    headers.append(VARY, COOKIE);
    let Some(Outgoing { session, series, has_signed_out }) = set_cookie else { return };
    for cookie in [session, series].into_iter().flatten() {
        let mut value =
            HeaderValue::try_from(cookie.into_bytes()).expect("a cookie is made of header octets");
        value.set_sensitive(true);
        headers.append(SET_COOKIE, value);
    }
    keep_out_of_caches(headers);
    if has_signed_out {
        response.extensions_mut().insert(SignedOut);
    }
}

fn take_old_cookies_away(headers: &mut HeaderMap, engine: &Engine) {
    for removal in engine.moving.iter().flat_map(MovingIn::removals) {
        headers.append(SET_COOKIE, removal.clone());
    }
    keep_out_of_caches(headers);
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, NO_STORE);
    for field in CACHE_FIELDS {
        headers.remove(field);
    }
}

fn drop_foreign_cookies(headers: &mut HeaderMap, engine: &Engine) {
    // A response has few fields: comparing their names is cheaper than hashing one.
    if headers.keys().all(|name| name != SET_COOKIE) {
        return;
    }
    let series = engine.series_cookie().map(|policy| policy.name().as_bytes());
    let is_ours = |line: &HeaderValue| {
        let name = name_set_by(line.as_bytes());
        name == engine.cookie.name().as_bytes() || Some(name) == series
    };
    let set: Vec<_> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    if set.iter().any(is_ours) {
        headers.remove(SET_COOKIE);
        for line in set.into_iter().filter(|line| !is_ours(line)) {
            headers.append(SET_COOKIE, line);
        }
    }
}
