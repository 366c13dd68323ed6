//! Public routes, and pages as a browser sees them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse};
use cloakroom::csrf::{CsrfToken, FORM_FIELD};
use cloakroom::headers::Nonce;
use cloakroom::{Error, Rejection, Session};
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
pub(crate) async fn form(State(app): State<Arc<App>>, session: Session) -> Result<Html<String>, Error> {
    let token =
        if app.wants_csrf_tokens { CsrfToken::of(&session).await?.to_string() } else { String::new() };
    Ok(Html(format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Act</title>\
         <form method=\"post\" action=\"/act\"><input type=\"hidden\" name=\"{FORM_FIELD}\" value=\"{token}\">\
         <button>Act</button></form>"
    )))
}

pub(crate) async fn act(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "acts": app.acts.fetch_add(1, Ordering::SeqCst) + 1 }))
}

/// One script that may run and one that may not.
pub(crate) async fn page(nonce: Nonce) -> Html<String> {
    Html(format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Page</title><p id=\"said\">nothing</p>\
         <script nonce=\"{nonce}\">document.getElementById('said').textContent = 'allowed'</script>\
         <script>document.getElementById('said').textContent = 'forbidden'</script>"
    ))
}
