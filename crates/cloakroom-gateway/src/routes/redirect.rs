//! Redirects after a form: always 303, so that what comes next is a GET.

use axum::response::{IntoResponse, Redirect, Response};

use crate::apps::Destination;

/// To a path of ours.
pub(super) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// To the sign-in page, and from there back.
pub(super) fn to_sign_in(next: Option<&Destination>) -> Response {
    see_other(&Destination::behind("/_cloakroom/login", next, &[]))
}
