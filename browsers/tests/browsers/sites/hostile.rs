//! The attacker's sites: empty pages in which the attack of a test is run, and redirects to wherever one says.

use axum::Router;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header::LOCATION;
use axum::http::{Response, StatusCode};
use axum::response::Html;
use axum::routing::get;

/// An empty page at every address, but for `/to?{address}`, which leads there.
pub(super) fn hostile() -> Router {
    Router::new()
        .route("/to", get(found).post(temporary))
        .fallback(|| async { Html("<!doctype html><title>x</title>") })
}

async fn found(RawQuery(address): RawQuery) -> Response<Body> {
    redirect(StatusCode::FOUND, address)
}

/// The kind that keeps the method and the form.
async fn temporary(RawQuery(address): RawQuery) -> Response<Body> {
    redirect(StatusCode::TEMPORARY_REDIRECT, address)
}

fn redirect(status: StatusCode, address: Option<String>) -> Response<Body> {
    let answer = Response::builder().status(status).header(LOCATION, address.unwrap_or_default());
    answer.body(Body::empty()).expect("the tests write proper addresses")
}
