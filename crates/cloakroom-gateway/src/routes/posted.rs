//! The body of a posted form, read within bounds.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
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

/// The fields of a form that a page of ours made for this session; any other is refused before its route begins.
///
/// Source: ASVS 5.0 3.5.1.
pub(super) struct OwnForm(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for OwnForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, state).await?;
        let posted = Posted::from_request(Request::from_parts(parts, body), state).await?;
        posted.check(&session).await?;
        Ok(Self(posted.0))
    }
}

impl Posted {
    async fn check(&self, session: &Session) -> Result<(), Problem> {
        let token = self.0.one("csrf_token").unwrap_or_default();
        if CsrfToken::is_of(session, token).await? { Ok(()) } else { Err(StatusCode::FORBIDDEN.into()) }
    }

    /// Refuses what is no [`OwnForm`] of a visitor who need not be signed in.
    pub(super) async fn check_if_any(&self, session: &Session) -> Result<(), Problem> {
        if session.subject().is_some() { self.check(session).await } else { Ok(()) }
    }
}
