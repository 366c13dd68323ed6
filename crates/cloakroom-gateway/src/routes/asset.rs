//! Files that browsers keep for good.

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::pages::StaticFile;

/// Marks a response with a picture: opened alone, it is a page of its own, and not one that may do what ours do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture;

/// The response to a request for a file.
pub(super) fn serve(file: &StaticFile) -> Response {
    let mut response = file.content.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if file.is_picture() {
        response.extensions_mut().insert(Picture);
    }
    response
}
