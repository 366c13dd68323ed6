//! A WebSocket that ends when its session does.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use cloakroom::{Session, SignedIn};

use super::reply;

const TICK: Duration = Duration::from_millis(100);
/// RFC 6455, 7.4.1: policy violation.
const SESSION_ENDED: u16 = 1008;
/// RFC 6455, 7.4.1: the server met an unexpected condition.
const STORE_FAILED: u16 = 1011;

pub(crate) async fn socket(
    headers: HeaderMap,
    user: SignedIn,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !is_same_host(&headers) {
        return reply::error(StatusCode::FORBIDDEN, "cross_origin");
    }
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| tick(socket, user.session().clone())),
        Err(rejection) => rejection.into_response(),
    }
}

/// Browsers put the page's origin into a handshake, and `SameSite` does not keep siblings of a site out.
fn is_same_host(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let authority =
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    authority.is_some() && authority == headers.get(HOST).and_then(|host| host.to_str().ok())
}

/// Ticks until the session ends; a tick is no activity.
async fn tick(mut socket: WebSocket, session: Session) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            message = socket.recv() => match message {
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
        }
        let code = match session.is_live().await {
            Ok(true) if socket.send(Message::text("tick")).await.is_ok() => continue,
            Ok(true) => return,
            Ok(false) => SESSION_ENDED,
            Err(_) => STORE_FAILED,
        };
        // The client may be gone already; then there is nobody to tell.
        let _ = socket
            .send(Message::Close(Some(CloseFrame { code, reason: "the session has ended".into() })))
            .await;
        return;
    }
}
