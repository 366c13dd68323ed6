//! Every path that is not ours: the application behind the gateway.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use cloakroom::{ClientAddress, Rejection, Session};
use http::header::{CONTENT_TYPE, LOCATION, REFERER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::proxy::{Application, Forwarded, Kind, kind};
use crate::routes::gateway::Gateway;
use crate::routes::member::Member;
use crate::routes::problem::Problem;
use crate::routes::redirect::{see_other, with_next};
use crate::web::{RequestId, ReturnPath};

const LOGIN: HeaderName = HeaderName::from_static("x-cloakroom-login");

/// How often a socket's or stream's session is asked for: a revocation closes it within this time.
const SESSION_CHECK: Duration = Duration::from_secs(3);

/// Marks a response of the application, which keeps its own header fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct FromApplication;

/// Hands a signed-in user's request on to the application, and leads everybody else to sign in.
pub(super) async fn forward(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Some(application) = &gateway.application else { return without_application(&gateway, &request) };
    if is_own(request.uri().path()) {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let member = Member::of(&gateway, &session?).await?;
    let Some(member) = member else { return Ok(sign_in(&gateway, &request)) };
    if kind(request.headers()) == Kind::WebSocket {
        // A handshake is a GET, and yet neither `SameSite` nor the same-origin policy stops a sibling sub-domain.
        let judged = gateway.origins.judge(&Method::POST, request.uri(), request.headers());
        judged.map_err(|_| Problem::Status(StatusCode::FORBIDDEN))?;
    }
    Ok(hand_on(application, member, request).await)
}

fn without_application(gateway: &Gateway, request: &Request) -> Result<Response, Problem> {
    if request.uri().path() == "/" && matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(see_other(gateway.home()));
    }
    Err(StatusCode::NOT_FOUND.into())
}

fn is_own(path: &str) -> bool {
    path.strip_prefix("/_cloakroom").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn hand_on(application: &Application, member: Member, request: Request) -> Response {
    let extensions = request.extensions();
    let (Some(ClientAddress(client)), Some(request_id)) =
        (extensions.get::<ClientAddress>().copied(), extensions.get::<RequestId>().cloned())
    else {
        return Problem::Status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let forwarded = Forwarded {
        identity: member.identity(),
        client,
        request_id: request_id.as_value().clone(),
        session_ended: session_ended(member.session),
    };
    match application.forward(request, forwarded).await {
        Ok(mut response) => {
            response.extensions_mut().insert(FromApplication);
            response
        }
        Err(error) => {
            tracing::warn!(
                request = request_id.as_str(),
                error = &error as &dyn std::error::Error,
                "no response"
            );
            Problem::Status(StatusCode::BAD_GATEWAY).into_response()
        }
    }
}

/// Completes soon after the session has ended. A store that is down for a moment ends nothing.
async fn session_ended(session: Session) {
    loop {
        tokio::time::sleep(SESSION_CHECK).await;
        if matches!(session.is_live().await, Ok(false)) {
            return;
        }
    }
}

/// What somebody gets who is not signed in: browsers the sign-in page, programs the news that they need a session.
fn sign_in(gateway: &Gateway, request: &Request) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    match kind(request.headers()) {
        Kind::Navigation if is_safe => {
            let place =
                request.uri().path_and_query().and_then(|place| ReturnPath::parse(place.as_str()).ok());
            let mut response = StatusCode::FOUND.into_response();
            let location = with_next("/_cloakroom/login", place.as_ref());
            if let Ok(location) = HeaderValue::try_from(location) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
        // What was posted is lost, so it is back to the page that it came from.
        Kind::Navigation => {
            see_other(&with_next("/_cloakroom/login", referrer(gateway, request.headers()).as_ref()))
        }
        Kind::Program | Kind::WebSocket => session_required(gateway),
    }
}

/// The page of ours that a request came from.
fn referrer(gateway: &Gateway, headers: &HeaderMap) -> Option<ReturnPath> {
    let referrer = headers.get(REFERER)?.to_str().ok()?;
    let path = referrer.strip_prefix(&gateway.public_url.to_string())?;
    ReturnPath::parse(path).ok()
}

fn session_required(gateway: &Gateway) -> Response {
    let login = format!("{}/_cloakroom/login", gateway.public_url);
    let body = format!(r#"{{"error":"session_required","login_url":"{login}"}}"#);
    let mut response = (StatusCode::UNAUTHORIZED, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in
        [(WWW_AUTHENTICATE, format!("Cloakroom realm=\"cloakroom\", login=\"{login}\"")), (LOGIN, login)]
    {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}
