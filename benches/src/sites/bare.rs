//! No session at all: what everybody pays.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{get, post};
use tower_layer::layer_fn;
use tower_service::Service;

use super::page::PAGE;

/// The routes alone.
pub fn bare() -> Router {
    Router::new()
        .route("/dashboard", get(async || PAGE))
        .route("/public", get(async || PAGE))
        .route("/sign-in/{user}", post(sign_in))
}

/// The routes with a layer that does nothing but put a value into each request's extensions: no session layer can cost
/// less.
pub fn floor() -> Router {
    bare().layer(layer_fn(|inner| Floor { inner }))
}

/// Bare routes know nobody; their cookie makes the requests as long as everybody's.
async fn sign_in() -> impl IntoResponse {
    AppendHeaders([(SET_COOKIE, format!("__Host-sid={}; Path=/; Secure; HttpOnly", "x".repeat(64)))])
}

#[derive(Clone)]
struct Floor<S> {
    inner: S,
}

#[derive(Clone)]
struct Extension;

impl<S: Service<Request, Error = Infallible>> Service<Request> for Floor<S> {
    type Response = S::Response;
    type Error = Infallible;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        request.extensions_mut().insert(Extension);
        self.inner.call(request)
    }
}
