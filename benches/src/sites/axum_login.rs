//! axum-login on the memory store of its tower-sessions, with the users in a map.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use tower_sessions_of_axum_login::{MemoryStore, SessionManagerLayer};

use super::page::PAGE;
use crate::profile::Profile;

/// The profile is the user, which the layer looks up for every request: in a map here, in a database elsewhere.
pub fn axum_login() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    Router::new()
        .route("/dashboard", get(dashboard))
        .route("/public", get(async || PAGE))
        .route("/sign-in/{user}", post(sign_in))
        .layer(AuthManagerLayerBuilder::new(Users::default(), sessions).build())
}

async fn dashboard(session: AuthSession<Users>) -> Result<&'static str, StatusCode> {
    black_box(session.user.ok_or(StatusCode::UNAUTHORIZED)?);
    Ok(PAGE)
}

async fn sign_in(mut session: AuthSession<Users>, Path(user): Path<u64>) -> Result<(), StatusCode> {
    let profile = Profile::of(user);
    session.backend.0.write().unwrap_or_else(PoisonError::into_inner).insert(user, profile.clone());
    session.login(&profile).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[derive(Clone, Debug, Default)]
struct Users(Arc<RwLock<HashMap<u64, Profile>>>);

impl AuthUser for Profile {
    type Id = u64;

    fn id(&self) -> u64 {
        self.user_id
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"of the password"
    }
}

impl AuthnBackend for Users {
    type User = Profile;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<Profile>, Infallible> {
        Ok(None)
    }

    async fn get_user(&self, id: &u64) -> Result<Option<Profile>, Infallible> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned())
    }
}
