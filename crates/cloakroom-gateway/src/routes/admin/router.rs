//! Which path is whose part of the administration.

use axum::Router;
use axum::routing::get;

use super::{session_ending, sessions, users};
use crate::routes::gateway::Gateway;
use crate::routes::redirect::see_other;

/// Everything under `/_cloakroom/admin`.
pub(in crate::routes) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin", get(async || see_other("/_cloakroom/admin/users")))
        .merge(users::routes())
        .merge(sessions::routes())
        .merge(session_ending::routes())
}
