//! The routes of `--control`: gates, clock, store and a look inside.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cloakroom::{Error, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::faces::Refused;
use crate::store::LookError;
use crate::watched::Mode;

type Shared = State<Arc<App>>;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/clock", post(move_clock))
        .route("/gate", get(gate).post(open_gate))
        .route("/rows", get(rows))
        .route("/ops", get(ops))
        .route("/dump", get(dump))
        .route("/sweep", post(sweep))
        .route("/store", post(set_store))
        .route("/user", post(administrate))
        .route("/everyone", post(everyone))
        .route("/acts", get(acts))
        .route("/events", get(events))
        .with_state(app)
}

#[derive(Deserialize)]
struct Advance {
    advance_ms: i64,
}

async fn move_clock(State(app): Shared, Query(advance): Query<Advance>) -> Response {
    let Some(clock) = &app.manual_clock else {
        return (StatusCode::CONFLICT, "the clock moves by itself; start with --manual-clock\n")
            .into_response();
    };
    let span = Duration::from_millis(advance.advance_ms.unsigned_abs());
    if advance.advance_ms < 0 {
        clock.set_wall_back(span);
    } else {
        clock.advance(span);
    }
    Json(json!({ "now_ms": clock.now().as_millis() })).into_response()
}

#[derive(Deserialize)]
struct GateName {
    name: String,
}

async fn gate(State(app): Shared, Query(gate): Query<GateName>) -> Json<Value> {
    Json(json!({ "waiting": app.gates.waiting(&gate.name) }))
}

async fn open_gate(State(app): Shared, Query(gate): Query<GateName>) -> Json<Value> {
    app.gates.open(&gate.name);
    Json(json!({ "waiting": app.gates.waiting(&gate.name) }))
}

async fn rows(State(app): Shared) -> Result<Json<Value>, LookError> {
    Ok(Json(json!({ "rows": app.store.rows().await? })))
}

async fn ops(State(app): Shared) -> Response {
    Json(app.store.watch.calls()).into_response()
}

async fn dump(State(app): Shared) -> Result<Vec<u8>, LookError> {
    app.store.dump().await
}

async fn sweep(State(app): Shared) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "removed": app.sessions.purge().await? })))
}

#[derive(Deserialize)]
struct StoreMode {
    mode: Mode,
}

async fn set_store(State(app): Shared, Query(store): Query<StoreMode>) -> StatusCode {
    app.store.watch.set_mode(store.mode);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Administration {
    name: String,
    #[serde(rename = "do")]
    deed: UserDeed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UserDeed {
    Disable,
    Enable,
    Revoke,
}

async fn administrate(
    State(app): Shared,
    Query(Administration { name, deed }): Query<Administration>,
) -> Response {
    let Some(subject) = Subject::new(&name).ok().filter(|_| app.users.exists(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match deed {
        UserDeed::Enable => app.users.set_enabled(&name, true),
        // First the door is shut, then everybody is shown out: nobody slips in between.
        UserDeed::Disable => app.users.set_enabled(&name, false),
        UserDeed::Revoke => true,
    };
    if matches!(deed, UserDeed::Enable) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match app.sessions.end(Some(&subject)).await {
        Ok(ended) => Json(json!({ "ended": ended })).into_response(),
        Err(error) => error.into_response(),
    }
}

#[derive(Deserialize)]
struct Everyone {
    #[serde(rename = "do")]
    _deed: EveryoneDeed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EveryoneDeed {
    Revoke,
}

async fn everyone(State(app): Shared, Query(_): Query<Everyone>) -> Result<Json<Value>, Refused> {
    Ok(Json(json!({ "ended": app.sessions.end(None).await? })))
}

async fn acts(State(app): Shared) -> Json<Value> {
    Json(json!({ "acts": app.acts.load(Ordering::SeqCst) }))
}

async fn events(State(app): Shared) -> String {
    app.events.lines()
}
