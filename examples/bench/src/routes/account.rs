//! Signing in and out, and one's own sessions.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Method, Reauthenticated, Session, SessionId, SignOut, SignedIn, Subject, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{self, Fields};
use crate::app::App;
use crate::faces::Refused;

type Shared = State<Arc<App>>;

#[derive(Deserialize)]
pub(crate) struct Login {
    user: String,
    password: String,
    remember: Option<String>,
}

pub(crate) async fn login(State(app): Shared, session: Session, Fields(login): Fields<Login>) -> Response {
    let refused = || reply::error(StatusCode::UNAUTHORIZED, "bad_credentials");
    let Ok(subject) = Subject::new(&login.user) else { return refused() };
    // Begun before the password is looked at: a password that is changed meanwhile, or an account that is disabled,
    // ends this sign-in too.
    let attempt = match session.begin_sign_in(subject.clone()).await {
        Ok(attempt) => attempt,
        Err(error) => return error.into_response(),
    };
    if !app.users.accept(&login.user, &login.password) {
        session.sign_in_failed(Some(&subject), "bad_credentials");
        return refused();
    }
    let attempt = if login.remember.as_deref() == Some("1") { attempt.remembered() } else { attempt };
    match attempt.finish(Method::Password).await {
        Ok(()) => Json(json!({ "user": login.user, "session_id": text(session.id()) })).into_response(),
        Err(error) => error.into_response(),
    }
}

fn text(id: Option<SessionId>) -> Option<String> {
    id.map(|id| id.to_string())
}

pub(crate) async fn me(user: SignedIn) -> Json<Value> {
    let proof = user.authentication();
    Json(json!({
        "user": proof.subject.as_str(),
        "session_id": text(user.id()),
        "auth_method": proof.method.as_str(),
        "auth_time_ms": proof.proven_at.as_millis(),
        "authenticated_at_ms": proof.authenticated_at.as_millis(),
        "expires_at_ms": user.expires_at().map(Timestamp::as_millis),
    }))
}

pub(crate) async fn logout(sign_out: SignOut) -> Result<StatusCode, Error> {
    match sign_out.finish().await {
        // Somebody else was faster; the session is gone either way.
        Ok(()) | Err(Error::Gone) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error),
    }
}

pub(crate) async fn logout_all(State(app): Shared, user: SignedIn) -> Result<StatusCode, Refused> {
    app.sessions.sign_out_everywhere(user.session()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn logout_others(State(app): Shared, user: SignedIn) -> Result<StatusCode, Refused> {
    app.sessions.sign_out_others(user.session()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn sessions(State(app): Shared, user: SignedIn) -> Result<Json<Value>, Refused> {
    let sessions = app.sessions.list(user.subject()).await?;
    let shown = sessions.iter().map(|session| {
        json!({
            "id": session.id.to_string(),
            "created_ms": session.created_at.as_millis(),
            "last_seen_ms": session.last_seen_at.as_millis(),
            "current": Some(session.id) == user.id(),
        })
    });
    Ok(Json(shown.collect()))
}

#[derive(Deserialize)]
pub(crate) struct Handle {
    id: String,
}

pub(crate) async fn revoke(
    State(app): Shared,
    user: Reauthenticated,
    Query(handle): Query<Handle>,
) -> Result<StatusCode, Refused> {
    let sessions = app.sessions.stored()?;
    let Ok(id) = handle.id.parse() else { return Ok(StatusCode::NOT_FOUND) };
    if user.id() == Some(id) {
        user.sign_out().await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let found = sessions.find(id).await?.and_then(|session| session.authentication);
    if found.is_none_or(|proof| proof.subject != *user.subject()) {
        return Ok(StatusCode::NOT_FOUND);
    }
    sessions.revoke(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct Proof {
    password: String,
}

pub(crate) async fn reauthenticate(
    State(app): Shared,
    user: SignedIn,
    Fields(proof): Fields<Proof>,
) -> Response {
    if !app.users.accept(user.subject().as_str(), &proof.password) {
        user.sign_in_failed(Some(user.subject()), "bad_credentials");
        return reply::error(StatusCode::FORBIDDEN, "bad_credentials");
    }
    answer(user.reauthenticate(Method::Password).await)
}

pub(crate) async fn elevate(user: Reauthenticated) -> Response {
    answer(user.privileges_changed().await)
}

#[derive(Deserialize)]
pub(crate) struct PasswordChange {
    old: String,
    new: String,
}

pub(crate) async fn change_password(
    State(app): Shared,
    user: Reauthenticated,
    Fields(change): Fields<PasswordChange>,
) -> Result<Response, Refused> {
    app.sessions.can_end_by_subject()?;
    let name = user.subject().as_str();
    if !app.users.accept(name, &change.old) {
        return Ok(reply::error(StatusCode::FORBIDDEN, "bad_credentials"));
    }
    // This session's own token first: a request that lost its right to it changes nothing. Then the password, and only
    // then the others: a sign-in with the old password that begins before that is caught by the revocation.
    user.privileges_changed().await?;
    app.users.set_password(name, &change.new);
    app.sessions.sign_out_others(user.session()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn renew(user: SignedIn) -> Response {
    answer(user.renew().await)
}

fn answer(result: Result<(), Error>) -> Response {
    result.map(|()| StatusCode::NO_CONTENT).into_response()
}
