//! What is done around every request: its number, its sender, and the fields and page of its response.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cloakroom::CrossOriginRefusal;
use http::StatusCode;
use http::header::CONTENT_LENGTH;

use crate::pages::{Language, ProblemPage};
use crate::proxy::{Kind, kind};
use crate::routes::application::FromApplication;
use crate::routes::arrival::arrive;
use crate::routes::asset::Picture;
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Bare;
use crate::routes::unanswered::{is_unanswered, unanswered};
use crate::web::{RequestId, headers};

/// Numbers a request and finds out where it comes from; dresses its response.
pub(super) async fn dress(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let request_id = arrive(&gateway, &mut request);
    let language = Language::asked_for(request.headers());
    let kind = kind(request.headers());
    let response = next.run(request).await;
    let mut response = draw(&gateway, response, &request_id, (kind, language));
    let is_ours = response.extensions().get::<FromApplication>().is_none();
    let is_picture = response.extensions().get::<Picture>().is_some();
    let fields = response.headers_mut();
    if is_ours {
        headers::write_page(fields, if is_picture { &headers::PICTURE_POLICY } else { &gateway.page_policy });
        headers::write_language(fields, language.tag());
    }
    headers::write_transport(fields, &gateway.public_url);
    fields.insert("x-request-id", request_id.as_value().clone());
    response
}

/// Puts a page around a bare problem.
fn draw(
    gateway: &Gateway,
    response: Response,
    request_id: &RequestId,
    (kind, language): (Kind, Language),
) -> Response {
    let status = response.status();
    let refused = response.extensions().get::<CrossOriginRefusal>().is_some();
    let bare = response.extensions().get::<Bare>().is_some();
    if !refused && !bare && !is_refusal_of_the_session_layer(&response) {
        return response;
    }
    let site = gateway.site(language);
    if is_unanswered(status) {
        return unanswered(site, response, kind, request_id);
    }
    let page = html(ProblemPage { status, request_id: request_id.as_str() }.render(site)).into_response();
    let (mut head, _) = response.into_parts();
    let (page_head, page_body) = page.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    head.headers.extend(page_head.headers);
    Response::from_parts(head, page_body)
}

/// The session layer answers 503 without a body when what a request changed could not be kept.
fn is_refusal_of_the_session_layer(response: &Response<Body>) -> bool {
    response.status() == StatusCode::SERVICE_UNAVAILABLE
        && response.extensions().get::<FromApplication>().is_none()
        && axum::body::HttpBody::is_end_stream(response.body())
}
