//! Redirects after a form: always 303, so that what comes next is a GET.

use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::web::ReturnPath;

/// To a path of ours.
pub(super) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// To the sign-in page, and from there back.
pub(super) fn to_sign_in(next: Option<&ReturnPath>) -> Response {
    see_other(&with_next("/_cloakroom/login", next))
}

/// A page of ours that leads on somewhere.
pub(super) fn with_next(page: &str, next: Option<&ReturnPath>) -> String {
    match next {
        Some(next) => format!("{page}?next={}", utf8_percent_encode(next.as_str(), NON_ALPHANUMERIC)),
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_is_encoded_once() {
        let next = ReturnPath::parse("/a%2Fb?c=d&e").unwrap();
        assert_eq!(
            with_next("/_cloakroom/login", Some(&next)),
            "/_cloakroom/login?next=%2Fa%252Fb%3Fc%3Dd%26e"
        );
    }
}
