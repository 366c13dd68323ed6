//! What a proxy is told.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use cloakroom::cookie::CookieName;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::config::App;
use crate::proxy::{Identity, fields_of, fields_of_oauth2_proxy};
use crate::verify::cookies;
use crate::verify::family::Family;
use crate::web::json_error;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Fields that Envoy is to take away: what an application of the WSGI or CGI kind would read as one of ours.
const ALIASES: HeaderValue = HeaderValue::from_static(
    "remote_user,remote_groups,remote_name,remote_email,x_cloakroom_session,x_cloakroom_aal,\
     x_cloakroom_auth_time,x_cloakroom_jwt,x_auth_request_user,x_auth_request_email,x_auth_request_groups",
);

/// It may pass: exactly 200, without a body, with the whole identity and the cookies that the application is to see.
///
/// An empty body matters: with one, nginx connects anew for each question and `HAProxy` waits for more.
pub(super) fn pass(
    family: Family,
    app: &App,
    identity: Option<Identity>,
    request: &HeaderMap,
    ours: &[CookieName],
) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    // Those below, and `Date`.
    headers.reserve(16);
    if app.x_auth_request {
        headers.extend(fields_of_oauth2_proxy(identity.as_ref()));
    }
    for (name, value) in fields_of(identity) {
        headers.insert(name, value);
    }
    headers.insert(COOKIE, cookies::for_application(request, ours));
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    if family == Family::Envoy {
        headers.insert(HeaderName::from_static("x-envoy-auth-headers-to-remove"), ALIASES);
    }
    response
}

/// It may not pass: what the browser, or the program, is to be told.
pub(super) fn refuse(family: Family, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.remove(SET_COOKIE);
    if family == Family::Haproxy {
        // The library that HAProxy's scripts speak HTTP with waits for the end of the connection.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A page is led to the sign-in. Whole URLs only: a proxy would resolve a path against its own idea of where we are.
pub(super) fn lead(family: Family, status: StatusCode, url: &str) -> Response {
    let mut response = family.detour_status(status).into_response();
    if let Ok(url) = HeaderValue::try_from(url) {
        response.headers_mut().insert(LOCATION, url);
    }
    response
}

/// The question cannot be answered as asked.
pub(super) fn problem(status: StatusCode, error: &'static str) -> Response {
    let mut response = json_error(status, error);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}
