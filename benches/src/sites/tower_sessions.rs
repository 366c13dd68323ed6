//! tower-sessions on its memory store, as its documentation sets it up.

use std::hint::black_box;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tower_sessions::cookie::Key;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use super::page::PAGE;
use crate::profile::Profile;

const PROFILE: &str = "profile";

/// With the default expiry, which writes nothing when a session is read.
pub fn tower_sessions() -> Router {
    routes().layer(SessionManagerLayer::new(MemoryStore::default()))
}

/// With the session's ID in a private cookie, which is encrypted.
pub fn private_tower_sessions() -> Router {
    routes().layer(SessionManagerLayer::new(MemoryStore::default()).with_private(Key::generate()))
}

fn routes() -> Router {
    Router::new()
        .route("/dashboard", get(dashboard))
        .route("/public", get(async || PAGE))
        .route("/sign-in/{user}", post(sign_in))
}

async fn dashboard(session: Session) -> Result<&'static str, StatusCode> {
    let profile = session.get::<Profile>(PROFILE).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    black_box(profile.ok_or(StatusCode::UNAUTHORIZED)?);
    Ok(PAGE)
}

async fn sign_in(session: Session, Path(user): Path<u64>) -> Result<(), StatusCode> {
    let written = session.insert(PROFILE, Profile::of(user)).await;
    written.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
