//! Public routes, and pages as a browser sees them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse};
use cloakroom::{Entropy as _, EntropyError, Error, OsEntropy, Rejection, Session};
use serde_json::{Value, json};

use crate::app::App;

pub(crate) async fn public() -> &'static str {
    "public\n"
}

/// Says that it may be cached, which the session layer overrules when it sets a cookie.
pub(crate) async fn peek(session: Result<Session, Rejection>) -> Result<impl IntoResponse, Rejection> {
    let session = session?;
    let user = session.subject().map(|subject| subject.as_str().to_owned());
    let body = json!({ "user": user, "presented": session.presented().as_str() });
    Ok(([(CACHE_CONTROL, "public, max-age=600")], Json(body)))
}

/// A form; its token stays empty while the cross-origin check does without one.
pub(crate) async fn form() -> Html<&'static str> {
    Html(
        "<!doctype html><meta charset=\"utf-8\"><title>Act</title>\
         <form method=\"post\" action=\"/act\"><input type=\"hidden\" name=\"_csrf\" value=\"\"><button>Act</button></form>",
    )
}

pub(crate) async fn act(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "acts": app.acts.fetch_add(1, Ordering::SeqCst) + 1 }))
}

/// One script that may run and one that may not.
pub(crate) async fn page() -> Result<impl IntoResponse, Error> {
    let nonce = nonce()?;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'; object-src 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Page</title><p id=\"said\">nothing</p>\
         <script nonce=\"{nonce}\">document.getElementById('said').textContent = 'allowed'</script>\
         <script>document.getElementById('said').textContent = 'forbidden'</script>"
    );
    Ok(([(CONTENT_SECURITY_POLICY, policy)], Html(page)))
}

/// 128 random bits as hex digits.
fn nonce() -> Result<String, EntropyError> {
    let mut octets = [0; 16];
    OsEntropy.fill(&mut octets)?;
    Ok(format!("{:032x}", u128::from_be_bytes(octets)))
}
