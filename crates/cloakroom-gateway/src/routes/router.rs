//! Which path is whose errand.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use http::StatusCode;

use crate::pages::{GUARD, ICON, STYLE};
use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;
use crate::routes::{
    account, application, asset, dress, health, login, logout, password, reauthenticate, setup,
};

/// All routes. What is not ours goes to the application.
///
/// From the outside in: a request is numbered, then sessions are around everything, then our own routes refuse what
/// other sites cause. The application decides for itself what it takes from other origins.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let sessions = gateway.installation.sessions();
    let own = Router::new()
        .route("/_cloakroom/login", get(login::show).post(login::submit))
        .route("/_cloakroom/logout", get(logout::show).post(logout::submit))
        .route("/_cloakroom/setup/{token}", get(setup::show).post(setup::submit))
        .route("/_cloakroom/account", get(account::show))
        .route("/_cloakroom/account/sessions/{id}/revoke", post(account::revoke))
        .route("/_cloakroom/account/sessions/revoke-others", post(account::revoke_others))
        .route("/_cloakroom/account/password", get(password::show).post(password::submit))
        .route("/_cloakroom/reauthenticate", get(reauthenticate::show).post(reauthenticate::submit))
        .route("/_cloakroom/live", get(health::live))
        .route("/_cloakroom/ready", get(health::ready))
        .route(&STYLE.path, get(|| async { asset::serve(&STYLE) }))
        .route(&ICON.path, get(|| async { asset::serve(&ICON) }))
        .route(&GUARD.path, get(|| async { asset::serve(&GUARD) }))
        .method_not_allowed_fallback(|| async { Problem::Status(StatusCode::METHOD_NOT_ALLOWED) })
        .route_layer(sessions.cross_origin_layer(gateway.origins.clone()));
    own.fallback(application::forward)
        .layer(sessions.layer())
        .layer(from_fn_with_state(gateway.clone(), dress::dress))
        .with_state(gateway.clone())
}
