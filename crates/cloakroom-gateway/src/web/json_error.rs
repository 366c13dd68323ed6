//! What a program is told when its request is not answered as asked.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// A status and the reason in one word, as JSON.
pub(crate) fn json_error(status: StatusCode, error: &str) -> Response {
    let mut response = (status, Body::from(format!(r#"{{"error":"{error}"}}"#))).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
