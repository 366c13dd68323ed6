//! A single page that talks JSON by `fetch`. The session stays in its cookie, where no script can read it; the script holds the
//! token against forged requests and nothing else.

use std::error::Error as StdError;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cloakroom::csrf::CsrfToken;
use cloakroom::headers::Nonce;
use cloakroom::{Error, MemoryStore, Method, Session, Sessions, SignOut, SignedIn, Slot, Subject};
use cloakroom_examples::{guarded, users::Users};
use maud::{DOCTYPE, PreEscaped, html};
use serde::{Deserialize, Serialize};

const NOTES: Slot<Vec<String>> = Slot::new("notes");

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()));
    let routes = Router::new()
        .route("/", get(page))
        .route("/api/me", get(me))
        .route("/api/login", post(login))
        .route("/api/logout", post(logout))
        .route("/api/notes", get(notes).post(add_note))
        .with_state(Users::only("alice")?);
    Ok(guarded::serve(routes, &sessions).await?)
}

/// The policy lets no script run but this one, which has the nonce of this response.
async fn page(nonce: Nonce) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Notes" } }
            body { main {} script nonce=(nonce) { (PreEscaped(include_str!("single_page.js"))) } }
        }
    };
    Html(page.into_string())
}

/// What the script has to know when it starts, and again after signing in or out.
#[derive(Serialize)]
struct Me {
    user: Option<String>,
    csrf: String,
}

async fn me(session: Session) -> Result<Json<Me>, Error> {
    let user = session.subject().map(|subject| subject.to_string());
    Ok(Json(Me { user, csrf: CsrfToken::of(&session).await?.to_string() }))
}

#[derive(Deserialize)]
struct Login {
    user: String,
    password: String,
}

async fn login(
    State(users): State<Users>,
    session: Session,
    Json(login): Json<Login>,
) -> Result<Response, Error> {
    let Ok(subject) = Subject::new(&login.user) else { return Ok(StatusCode::UNAUTHORIZED.into_response()) };
    let attempt = session.begin_sign_in(subject.clone()).await?;
    if !users.check(&login.user, login.password).await {
        session.sign_in_failed(Some(&subject), "password");
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    attempt.finish(Method::Password).await?;
    // The token from before is dead with the visitor's session.
    Ok(me(session).await?.into_response())
}

async fn logout(sign_out: SignOut) -> Result<StatusCode, Error> {
    sign_out.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn notes(user: SignedIn) -> Result<Json<Vec<String>>, Error> {
    Ok(Json(user.get(NOTES)?.unwrap_or_default()))
}

async fn add_note(user: SignedIn, Json(note): Json<String>) -> Result<StatusCode, Error> {
    user.update(NOTES, move |notes| {
        let mut notes = notes.unwrap_or_default();
        notes.push(note.clone());
        Some(notes)
    })?;
    Ok(StatusCode::CREATED)
}
