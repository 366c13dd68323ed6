//! Which path is whose part of the administration.

use axum::Router;
use axum::routing::get;

use super::{events, new_user, overview, session_ending, sessions, user_changes, users};
use crate::pages::Section;
use crate::routes::gateway::Gateway;
use crate::routes::redirect::see_other;

/// Everything under `/_cloakroom/admin`.
pub(in crate::routes) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin", get(async || see_other(Section::Overview.path())))
        .merge(overview::routes())
        .merge(users::routes())
        .merge(sessions::routes())
        .merge(session_ending::routes())
        .merge(new_user::routes())
        .merge(user_changes::routes())
        .merge(events::routes())
}
