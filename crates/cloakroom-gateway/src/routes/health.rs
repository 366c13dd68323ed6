//! Whether the process lives, and whether it can do its work.

use axum::extract::State;
use http::StatusCode;

use crate::routes::gateway::Gateway;

/// `GET /_cloakroom/live`
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// `GET /_cloakroom/ready`
pub(super) async fn ready(State(gateway): State<Gateway>) -> (StatusCode, &'static str) {
    if gateway.installation.ping().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used\n")
    }
}
