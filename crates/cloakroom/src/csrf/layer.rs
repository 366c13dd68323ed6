//! The tower layer that refuses unsafe requests without a token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use axum_core::extract::FromRequestParts as _;
use axum_core::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower_layer::Layer;
use tower_service::Service;

use super::check::{Place, token_in};
use super::{CsrfCheck, CsrfRefusal, CsrfToken};
use crate::engine::Engine;
use crate::error::Rejection;
use crate::event::EventKind;
use crate::session::Session;

/// Refuses unsafe requests without a token of their session; made by
/// [`Sessions::csrf_layer`](crate::Sessions::csrf_layer).
#[derive(Clone)]
pub struct CsrfLayer {
    check: Arc<CsrfCheck>,
    engine: Arc<Engine>,
}

impl CsrfLayer {
    pub(crate) fn new(check: CsrfCheck, engine: Arc<Engine>) -> Self {
        Self { check: Arc::new(check), engine }
    }

    /// Lets the request pass, with its body as it was, or answers it.
    async fn judge(&self, place: Place, request: Request<Body>) -> Result<Request<Body>, Response> {
        let (mut parts, body) = request.into_parts();
        let (token, body) = match place {
            Place::Here(token) => (Some(token), body),
            Place::Form => self.token_in(body).await?,
            Place::Unneeded | Place::Nowhere => (None, body),
        };
        let Some(token) = token else { return Err(self.refused(CsrfRefusal::NoToken)) };
        if !self.is_good(&mut parts, &token).await.map_err(Rejection::into_response)? {
            return Err(self.refused(CsrfRefusal::NoToken));
        }
        Ok(Request::from_parts(parts, body))
    }

    async fn is_good(&self, parts: &mut Parts, token: &[u8]) -> Result<bool, Rejection> {
        let session = Session::from_request_parts(parts, &()).await?;
        Ok(CsrfToken::is_of_octets(&session, token).await?)
    }

    /// Reads a form whole, looks for its token, and puts it together again.
    async fn token_in(&self, body: Body) -> Result<(Option<Vec<u8>>, Body), Response> {
        match Limited::new(body, self.check.largest_form()).collect().await {
            Ok(form) => {
                let form = form.to_bytes();
                Ok((token_in(&form), Body::from(form)))
            }
            Err(error) if error.is::<LengthLimitError>() => Err(self.refused(CsrfRefusal::FormTooLarge)),
            // The client has gone, or sent no proper body.
            Err(_) => Err(StatusCode::BAD_REQUEST.into_response()),
        }
    }

    fn refused(&self, refusal: CsrfRefusal) -> Response {
        let (status, body, reason) = match refusal {
            CsrfRefusal::NoToken => (StatusCode::FORBIDDEN, r#"{"error":"csrf_token"}"#, "csrf_token"),
            CsrfRefusal::FormTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, r#"{"error":"form_too_large"}"#, "form_too_large")
            }
        };
        self.engine.report(&self.engine.event(EventKind::RefusedCrossOrigin).because(reason));
        let mut response = (status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.extensions_mut().insert(refusal);
        response
    }
}

impl fmt::Debug for CsrfLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfLayer").field("check", &self.check).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for CsrfLayer {
    type Service = CsrfService<S>;

    fn layer(&self, inner: S) -> CsrfService<S> {
        CsrfService { inner, layer: self.clone() }
    }
}

/// A service behind the check; see [`CsrfLayer`].
#[derive(Clone, Debug)]
pub struct CsrfService<S> {
    inner: S,
    layer: CsrfLayer,
}

impl<S> Service<Request<Body>> for CsrfService<S>
where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let place = self.layer.check.place(request.method(), request.uri().path(), request.headers());
        if matches!(place, Place::Unneeded) {
            return Box::pin(self.inner.call(request));
        }
        // The service that is ready is the one that is called.
        let waiting = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, waiting);
        let layer = self.layer.clone();
        Box::pin(async move {
            match layer.judge(place, request).await {
                Ok(request) => ready.call(request).await,
                Err(response) => Ok(response),
            }
        })
    }
}
