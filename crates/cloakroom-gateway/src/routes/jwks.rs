//! The public keys of this installation, for applications that verify tokens.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;

/// `GET /_cloakroom/jwks.json`
///
/// A minute, since a key of a process that has just started, or of a rotation by hand, signs before that is over: whoever
/// meets a key that they do not know asks again, and must not get an answer of five minutes ago from a cache between.
///
/// Source: RFC 7517 8.5.2.
pub(super) async fn show(State(gateway): State<Gateway>) -> Result<Response, Problem> {
    let set = gateway.key_set.json(|| gateway.installation.now()).await;
    let set = set.map_err(|_| Problem::Status(StatusCode::SERVICE_UNAVAILABLE))?;
    let mut response = set.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    Ok(response)
}
