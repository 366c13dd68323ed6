//! What can go wrong, and the one table of what the visitor gets.
//!
//! | error | status | meaning |
//! |---|---|---|
//! | [`Error::Store`], [`Error::Entropy`], [`Error::NoSealingKey`] | 503 with `Retry-After` | nobody is signed out; the same cookie works when the store is back |
//! | [`Error::Gone`] | 401 | the session ended while the request was under way |
//! | [`Error::Lost`] | 409 | others wrote first every time; another try may help |
//! | [`Error::TooManySessions`] | 409 | the cap refuses another session |
//! | [`Error::TwoFactorsRequired`] | 403 | the profile asks for another factor |
//! | [`Error::ProofRequired`] | 403 | the session has lapsed at an audience, until the user proves again who they are |
//! | [`Error::NotTheSignIn`] | 403 | an audience asks for what only the sign-in's origin does |
//! | [`Error::NotSignedIn`] | 401 | there is no signed-in session to do this with |
//! | [`Error::Slot`] too large | 413 | the session's data would exceed 64 KiB, or what fits into a cookie |
//! | [`Error::Slot`] otherwise | 500 | a value cannot be read or written |

use axum_core::response::{IntoResponse, Response};
use cloakroom_core::EntropyError;
use cloakroom_core::store::StoreError;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use thiserror::Error;

use crate::slot::SlotError;

/// Why something could not be done with a session.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The store failed. Whether the change took effect is unknown; nothing is reported as done.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The session, or this request's right to it, ended while the request was under way.
    #[error("the session ended while the request was under way")]
    Gone,
    /// Other requests wrote first every time.
    #[error("other requests changed the session first every time")]
    Lost,
    /// The subject has as many sessions as it may have.
    #[error("there are as many sessions of this user as there may be")]
    TooManySessions,
    /// It takes a signed-in session.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The proofs are not of two different factors, and have to be.
    #[error("it takes two different factors")]
    TwoFactorsRequired,
    /// It can be done at the origin of the sign-in, and not at one that took the session over.
    #[error("this is done at the origin of the sign-in")]
    NotTheSignIn,
    /// The session has lapsed at the audience, and is offered once the user has proved again who they are.
    #[error("the user has to prove again who they are")]
    ProofRequired,
    /// No key of the ring is active, so nothing can be sealed.
    #[error("no sealing key is active")]
    NoSealingKey,
    /// A value of the session could not be read or written.
    #[error(transparent)]
    Slot(#[from] SlotError),
}

impl Error {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Store(_) | Self::Entropy(_) | Self::NoSealingKey => StatusCode::SERVICE_UNAVAILABLE,
            Self::Gone | Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::TwoFactorsRequired | Self::NotTheSignIn | Self::ProofRequired => StatusCode::FORBIDDEN,
            Self::Lost | Self::TooManySessions => StatusCode::CONFLICT,
            Self::Slot(SlotError::TooLarge(_) | SlotError::NoRoom { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slot(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A stable name for the answer's body.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(_) | Self::Entropy(_) | Self::NoSealingKey => "store_unavailable",
            Self::Gone => "session_ended",
            Self::Lost => "conflict",
            Self::TooManySessions => "too_many_sessions",
            Self::NotSignedIn => "session_required",
            Self::NotTheSignIn => "not_the_sign_in",
            Self::ProofRequired => "proof_required",
            Self::TwoFactorsRequired => "two_factors_required",
            Self::Slot(SlotError::TooLarge(_) | SlotError::NoRoom { .. }) => "session_too_large",
            Self::Slot(_) => "session_data",
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        answer(self.status(), self.code())
    }
}

/// Why an extractor let a request through no further.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The route wants a signed-in session, and there is none. 401.
    #[error("nobody is signed in")]
    SignInRequired,
    /// The route wants a recent proof of who the user is. 403.
    #[error("the user has to prove again who they are")]
    ReauthenticationRequired,
    /// The session could not be looked up: not the same as nobody being signed in. 503.
    #[error(transparent)]
    Failed(#[from] Error),
    /// The route is outside the session layer: a mistake in the program. 500.
    #[error("the session layer is not around this route")]
    LayerMissing,
}

impl Rejection {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignInRequired => StatusCode::UNAUTHORIZED,
            Self::ReauthenticationRequired => StatusCode::FORBIDDEN,
            Self::Failed(error) => error.status(),
            Self::LayerMissing => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A stable name for the answer's body.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignInRequired => "session_required",
            Self::ReauthenticationRequired => "reauthentication_required",
            Self::Failed(error) => error.code(),
            Self::LayerMissing => "session_layer_missing",
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        answer(self.status(), self.code())
    }
}

/// A small JSON answer, of a status that no cache keeps by itself (RFC 9110, 15.1).
fn answer(status: StatusCode, code: &str) -> Response {
    let mut response = Response::new(format!(r#"{{"error":"{code}"}}"#).into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
}

/// After how many seconds a client may try again when the store was down.
pub(crate) const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");
