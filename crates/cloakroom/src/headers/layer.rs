//! The tower layer of the security header fields.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cloakroom_core::Entropy;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::Nonce;
use super::fields::Fields;
use super::nonce::Nonces;

/// Writes security header fields; made by [`SecurityHeaders::layer`](super::SecurityHeaders::layer).
#[derive(Clone)]
pub struct SecurityHeadersLayer(Arc<Shared>);

struct Shared {
    fields: Fields,
    nonces: Nonces<Arc<dyn Entropy>>,
}

impl SecurityHeadersLayer {
    pub(super) fn new(fields: Fields, entropy: impl Entropy) -> Self {
        Self(Arc::new(Shared { fields, nonces: Nonces::new(Arc::new(entropy)) }))
    }
}

impl fmt::Debug for SecurityHeadersLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityHeadersLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for SecurityHeadersLayer {
    type Service = SecurityHeadersService<S>;

    fn layer(&self, inner: S) -> SecurityHeadersService<S> {
        SecurityHeadersService { inner, shared: Arc::clone(&self.0) }
    }
}

/// A service with security header fields; see [`SecurityHeadersLayer`].
#[derive(Clone)]
pub struct SecurityHeadersService<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S: fmt::Debug> fmt::Debug for SecurityHeadersService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityHeadersService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for SecurityHeadersService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SecurityHeadersFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let nonce = self.shared.nonces.next();
        if let Some(nonce) = nonce {
            request.extensions_mut().insert(nonce);
        }
        SecurityHeadersFuture { handler: self.inner.call(request), nonce, shared: Arc::clone(&self.shared) }
    }
}

pin_project! {
    /// The future of [`SecurityHeadersService`].
    pub struct SecurityHeadersFuture<F> {
        #[pin]
        handler: F,
        nonce: Option<Nonce>,
        shared: Arc<Shared>,
    }
}

impl<F> fmt::Debug for SecurityHeadersFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityHeadersFuture").finish_non_exhaustive()
    }
}

impl<F, R, E> Future for SecurityHeadersFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.handler.poll(cx))?;
        this.shared.fields.write(&mut response, *this.nonce);
        Poll::Ready(Ok(response))
    }
}
