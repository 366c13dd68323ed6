//! What stands in for an answer that nobody could give: 502, 503 and 504.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::pages::{ProblemPage, Site};
use crate::proxy::Kind;
use crate::web::RequestId;

/// Whether a status says that no answer could be given.
pub(super) const fn is_unanswered(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

/// A page for whoever waits for one, and JSON for a script or a program. Both have the number by which the request is found in the
/// log; the fields of `bare` stay.
pub(super) fn unanswered(site: &Site, bare: Response, kind: Kind, request_id: &RequestId) -> Response {
    let (mut head, _) = bare.into_parts();
    let id = request_id.as_str();
    let (body, media) = if kind == Kind::Navigation {
        let page = ProblemPage { status: head.status, request_id: id }.render(site);
        (page.into_string(), "text/html; charset=utf-8")
    } else {
        let error = word(head.status);
        (format!(r#"{{"error":"{error}","request":"{id}"}}"#), "application/json")
    };
    head.headers.remove(CONTENT_LENGTH);
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    head.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(head, body.into_response().into_body())
}

const fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_GATEWAY => "application_unreachable",
        StatusCode::GATEWAY_TIMEOUT => "application_timed_out",
        _ => "unavailable",
    }
}
