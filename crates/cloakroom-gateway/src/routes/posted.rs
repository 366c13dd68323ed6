//! The body of a posted form, read within bounds.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use cloakroom::Session;
use cloakroom::csrf::CsrfToken;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::routes::problem::Problem;
use crate::web::Fields;

/// No form of ours is longer, not even one with a password and a return path of the greatest length, percent-encoded.
const OCTETS_MAX: usize = 64 * 1024;

/// How long a client may take to send a form.
const WAIT: Duration = Duration::from_secs(10);

/// The fields of a posted form.
///
/// Credentials are taken from here alone, never from a URL (ASVS 5.0 14.2.1).
pub(super) struct Posted(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let media = content_type.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
        }
        match tokio::time::timeout(WAIT, to_bytes(request.into_body(), OCTETS_MAX)).await {
            Ok(Ok(octets)) => Ok(Self(Fields::parse(&octets)?)),
            Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE.into()),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT.into()),
        }
    }
}

impl Posted {
    /// Refuses a form that our own page did not make for this session.
    ///
    /// Source: ASVS 5.0 3.5.1.
    pub(super) async fn check(&self, session: &Session) -> Result<(), Problem> {
        let token = self.0.one("csrf_token").unwrap_or_default();
        if CsrfToken::is_of(session, token).await? { Ok(()) } else { Err(StatusCode::FORBIDDEN.into()) }
    }

    /// [`Posted::check`] for a visitor who need not have a session.
    pub(super) async fn check_if_any(&self, session: &Session) -> Result<(), Problem> {
        if session.subject().is_some() { self.check(session).await } else { Ok(()) }
    }
}
