//! The body of a posted form, read within bounds.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cloakroom::Session;
use cloakroom::csrf::CsrfToken;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::routes::problem::Problem;
use crate::web::Fields;
use crate::web::body::{self, NotWhole};

/// The fields of a posted form.
///
/// Credentials are taken from here alone, never from a URL (ASVS 5.0 14.2.1).
pub(super) struct Posted(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_form(request.headers()) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
        }
        Ok(Self(Fields::parse(&whole(request.into_body()).await?)?))
    }
}

/// Waits for all of a form before anybody looks at who has sent it.
///
/// A session, and what its user may do, is looked at once. Looked at before the last octet had come, it could end while the client kept that
/// octet back, and what was posted would be done all the same.
pub(super) async fn wait_for_form(request: Request, next: Next) -> Response {
    if request.method().is_safe() || !is_form(request.headers()) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match whole(body).await {
        Ok(octets) => next.run(Request::from_parts(head, Body::from(octets))).await,
        Err(problem) => problem.into_response(),
    }
}

fn is_form(fields: &HeaderMap) -> bool {
    let content_type = fields.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn whole(body: Body) -> Result<Bytes, Problem> {
    body::whole(body).await.map_err(|not_whole| match not_whole {
        NotWhole::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into(),
        NotWhole::TooSlow => StatusCode::REQUEST_TIMEOUT.into(),
    })
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
