//! Files that browsers keep for good.

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::pages::StaticFile;

/// The response to a request for a file.
pub(super) fn serve(file: &'static StaticFile) -> Response {
    let mut response = file.content.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
