//! Bare axum, and tower-sessions on its stores as their documentation sets them up.

use std::error::Error;
use std::hint::black_box;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};
use tower_sessions_sqlx_store::PostgresStore;
use tower_sessions_sqlx_store::sqlx::postgres::PgPoolOptions;

use crate::page::PAGE;
use crate::profile::Profile;
use crate::{Activity, announce};

const PROFILE: &str = "profile";

/// As many as the documentation of the store has in its pool.
const REDIS_CONNECTIONS: usize = 6;

/// More than sqlx has by itself, which is 10: 32 clients wait less for one.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Serves on one thread what `router` gives.
pub(crate) fn serve(
    router: impl AsyncFnOnce() -> Result<Router, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = router().await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        announce(listener.local_addr()?)?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// No session at all. Its cookie makes the requests as long as those of tower-sessions.
pub(crate) fn bare() -> Router {
    let sign_in =
        async || AppendHeaders([(SET_COOKIE, format!("id={}; Path=/; Secure; HttpOnly", "x".repeat(22)))]);
    Router::new().route("/dashboard", get(async || PAGE)).route("/sign-in/{user}", post(sign_in))
}

/// On its Redis store.
pub(crate) async fn on_redis(url: &str, activity: Activity) -> Result<Router, Box<dyn Error>> {
    let pool = Pool::new(Config::from_url(url)?, None, None, None, REDIS_CONNECTIONS)?;
    pool.connect();
    pool.wait_for_connect().await?;
    Ok(router(RedisStore::new(pool), activity))
}

/// On its PostgreSQL store.
///
/// By itself sqlx asks a connection whether it is still there before it hands it out; an application may turn that off.
pub(crate) async fn on_postgres(
    url: &str,
    activity: Activity,
    is_checked: bool,
) -> Result<Router, Box<dyn Error>> {
    let options = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).test_before_acquire(is_checked);
    let store = PostgresStore::new(options.connect(url).await?);
    store.migrate().await?;
    Ok(router(store, activity))
}

fn router(store: impl SessionStore + Clone, activity: Activity) -> Router {
    let layer = SessionManagerLayer::new(store);
    let layer = match activity {
        Activity::Reading => layer,
        // `OnInactivity` alone moves no timeout when a session is only read.
        Activity::Touching => {
            layer.with_expiry(Expiry::OnInactivity(Duration::minutes(30))).with_always_save(true)
        }
    };
    Router::new().route("/dashboard", get(dashboard)).route("/sign-in/{user}", post(sign_in)).layer(layer)
}

async fn dashboard(session: Session) -> Result<&'static str, StatusCode> {
    let profile = session.get::<Profile>(PROFILE).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    black_box(profile.ok_or(StatusCode::UNAUTHORIZED)?);
    Ok(PAGE)
}

async fn sign_in(session: Session, Path(user): Path<u64>) -> Result<impl IntoResponse, StatusCode> {
    let written = session.insert(PROFILE, Profile::of(user)).await;
    written.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
