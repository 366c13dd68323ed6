//! Requests that cannot be answered as asked.

use axum::response::{IntoResponse, Response};
use cloakroom::Rejection;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use crate::accounts::AccountsError;
use crate::installation::InstallationError;
use crate::routes::redirect::to_sign_in;
use crate::tokens::TokenError;
use crate::web::FieldError;

/// Why a request cannot be answered as asked.
///
/// As a response it is bare: the page around it is drawn where the request's number is known.
#[derive(Debug)]
pub(crate) enum Problem {
    /// This status, with a page that explains it.
    Status(StatusCode),
    /// Nobody is signed in (any more).
    SignIn,
}

/// Marks a response that a page has to be drawn for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bare;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Status(status) => status,
            Self::SignIn => return to_sign_in(None),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Bare);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<StatusCode> for Problem {
    fn from(status: StatusCode) -> Self {
        Self::Status(status)
    }
}

impl From<FieldError> for Problem {
    fn from(_: FieldError) -> Self {
        Self::Status(StatusCode::BAD_REQUEST)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::SignInRequired => Self::SignIn,
            other => Self::Status(other.status()),
        }
    }
}

impl From<cloakroom::Error> for Problem {
    fn from(error: cloakroom::Error) -> Self {
        match error.status() {
            StatusCode::UNAUTHORIZED => Self::SignIn,
            status => Self::Status(status),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "no token could be minted");
        Self::Status(StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        InstallationError::from(error).into()
    }
}

impl From<InstallationError> for Problem {
    fn from(error: InstallationError) -> Self {
        use crate::accounts::password::HashError;
        match error {
            InstallationError::Sessions(error) => error.into(),
            InstallationError::NoSuchUser(_) => Self::SignIn,
            InstallationError::Hash(HashError::Overloaded) => Self::Status(StatusCode::SERVICE_UNAVAILABLE),
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "the accounts failed");
                Self::Status(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }
}
