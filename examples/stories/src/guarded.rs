//! The layers that every application wants, in their order, and a listener on this machine.

use std::io;

use axum::Router;
use cloakroom::csrf::CsrfCheck;
use cloakroom::headers::SecurityHeaders;
use cloakroom::{CookiePolicy, CrossOrigin, Sessions, minutes};
use tokio::net::TcpListener;

/// Sessions whose cookie browsers take over plain HTTP from this machine.
///
/// A real site leaves this line out: without it the cookie is `__Host-sid; Secure; HttpOnly; Path=/; SameSite=Lax`.
pub fn on_localhost(sessions: Sessions) -> Sessions {
    sessions.cookie(CookiePolicy::insecure_for_localhost("sid"))
}

/// Routes with all their guards; the last layer is the outermost.
pub fn guarded(routes: Router, sessions: &Sessions) -> Router {
    routes
        .layer(sessions.csrf_layer(CsrfCheck::new()))
        .layer(sessions.layer())
        .layer(sessions.cross_origin_layer(CrossOrigin::new()))
        .layer(SecurityHeaders::insecure_over_plain_http().layer()) // a real site: over_tls()
}

/// Serves the routes with all their guards on a free port of this machine, and prints where.
///
/// # Errors
/// When no port can be had.
pub async fn serve(routes: Router, sessions: &Sessions) -> io::Result<()> {
    serve_on(TcpListener::bind(("127.0.0.1", 0)).await?, routes, sessions).await
}

/// The same on this listener.
///
/// # Errors
/// When it can be reached from elsewhere: the cookie is for this machine only.
pub async fn serve_on(listener: TcpListener, routes: Router, sessions: &Sessions) -> io::Result<()> {
    let address = listener.local_addr()?;
    sessions.check_address(address).map_err(io::Error::other)?;
    tokio::spawn(sessions.clone().purge_every(minutes(10)));
    println!("listening on http://localhost:{}", address.port());
    axum::serve(listener, guarded(routes, sessions)).await
}
