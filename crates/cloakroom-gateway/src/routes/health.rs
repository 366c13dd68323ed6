//! Whether the process lives, and whether it can do its work.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::seconds;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::routes::gateway::Gateway;

/// `GET /_cloakroom/live`
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// The parts of a gateway, each with whether it works. Why one does not is in the log: anybody may ask here.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are what is told, each by its name")]
struct Parts {
    accounts: bool,
    clock: bool,
    keys: bool,
    store: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    ready: bool,
    parts: Parts,
}

/// How long it is taken for granted that everything works.
const GRANTED: std::time::Duration = seconds(1);

/// `GET /_cloakroom/ready`
pub(super) async fn ready(State(gateway): State<Gateway>) -> Response {
    let parts = parts(&gateway).await;
    let ready = parts.accounts && parts.clock && parts.keys && parts.store;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&Answer { ready, parts }).unwrap_or_default();
    let fields = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, fields, body).into_response()
}

async fn parts(gateway: &Gateway) -> Parts {
    let mut last = gateway.last_ready.0.lock().await;
    let now = gateway.installation.now();
    if last.is_some_and(|last| now < last.after(GRANTED)) {
        return Parts { accounts: true, clock: true, keys: true, store: true };
    }
    let found = gateway.installation.readiness().await;
    let keys = gateway.tokens.as_ref().is_none_or(|tokens| tokens.can_sign(now));
    let parts = Parts { accounts: found.accounts, clock: found.clock, keys, store: found.store };
    let all = parts.accounts && parts.clock && parts.keys && parts.store;
    *last = all.then_some(now);
    if !all {
        tracing::warn!(?parts, "the gateway is not ready");
    }
    parts
}
