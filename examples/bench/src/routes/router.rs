//! Which route is where, and the layers around all of them.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post, put};
use cloakroom::csrf::CsrfCheck;
use cloakroom::headers::SecurityHeaders;
use tower_http::catch_panic::CatchPanicLayer;

use super::{account, data, pages, probes, socket};
use crate::app::App;

/// The application. A handler that panics is answered inside the session layer, so that a sign-in which was done before
/// the panic still reaches the browser.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/login", post(account::login))
        .route("/logout", post(account::logout))
        .route("/logout_all", post(account::logout_all))
        .route("/logout_others", post(account::logout_others))
        .route("/me", get(account::me))
        .route("/sessions", get(account::sessions))
        .route("/revoke", post(account::revoke))
        .route("/reauth", post(account::reauthenticate))
        .route("/elevate", post(account::elevate))
        .route("/pwchange", post(account::change_password))
        .route("/renew", post(account::renew))
        .route("/slot/{name}", get(data::slot).put(data::set_slot).delete(data::delete_slot))
        .route("/incr", post(data::increment))
        .route("/count", get(data::count))
        .route("/big", put(data::big))
        .route("/public", get(pages::public))
        .route("/peek", get(pages::peek))
        .route("/form", get(pages::form))
        .route("/page", get(pages::page).layer(SecurityHeaders::insecure_over_plain_http().layer()))
        .route("/act", post(pages::act))
        .route("/act-open", post(pages::act))
        .route("/slow", post(probes::slow).get(probes::slow_read))
        .route("/twice", post(probes::twice))
        .route("/end", post(probes::end).head(probes::end))
        .route("/ws", any(socket::socket))
        .layer(CatchPanicLayer::new());
    if app.wants_csrf_tokens {
        router = router.layer(app.sessions.csrf_layer(CsrfCheck::new().insecure_exempt_path("/login")));
    }
    router
        .layer(app.sessions.layer())
        .layer(app.sessions.cross_origin_layer(app.cross_origin.clone()))
        .with_state(Arc::clone(app))
}
