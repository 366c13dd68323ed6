//! The sample application: notes, which knows its users by what the gateway tells it and by nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawForm, State};
use axum::http::header::{LOCATION, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::html;

use crate::demo::page::{Page, style};

const HEAD: (&str, &str) = ("Notes, a sample application", "/");

/// The fields that the gateway tells of a user in, as the page shows them.
const TOLD: [&str; 8] = [
    "remote-user",
    "remote-name",
    "remote-email",
    "remote-groups",
    "x-cloakroom-session",
    "x-cloakroom-auth-time",
    "x-forwarded-for",
    "x-forwarded-user",
];

/// More notes of a user are forgotten, the oldest first.
const NOTES_MAX: usize = 20;

/// The longest note, in characters.
const LENGTH_MAX: usize = 200;

/// Everybody's notes, by the user's name.
#[derive(Clone, Debug, Default)]
struct Notes(Arc<Mutex<HashMap<String, Vec<String>>>>);

/// The application.
pub(super) fn router(guide: String) -> Router {
    let guide: Arc<str> = guide.into();
    let show = async move |State(notes): State<Notes>, headers: HeaderMap| list(&notes, &headers, &guide);
    Router::new()
        .route("/", get(show))
        .route("/notes", post(write))
        .route("/who", get(who))
        .route("/safe", get(safe))
        .route("/style.css", get(style))
        .with_state(Notes::default())
}

/// Who is there: the gateway has removed whatever a client says in this field.
fn user(headers: &HeaderMap) -> &str {
    headers.get("remote-user").and_then(|user| user.to_str().ok()).unwrap_or_default()
}

fn told(headers: &HeaderMap) -> impl Iterator<Item = (&'static str, &str)> {
    TOLD.into_iter().filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?)))
}

fn list(notes: &Notes, headers: &HeaderMap, guide: &str) -> Response {
    let user = user(headers);
    let written =
        notes.0.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned().unwrap_or_default();
    let content = html! {
        p.lead {
            "You are signed in as " strong { (user) } ". This application has no sign-in of its own: the gateway in front of it told it so."
        }
        p.actions {
            a.button href="/_cloakroom/account" { "Your account and sessions" }
            a href="/safe" { "A page that wants a fresh proof" }
            a href="/_cloakroom/logout" { "Sign out" }
            a href=(guide) { "Back to the guide" }
        }
        h2 { "Your notes" }
        @if written.is_empty() { p.quiet { "None yet." } } @else { ul { @for note in &written { li { (note) } } } }
        form method="post" action="/notes" {
            label for="text" { "A new note" }
            input id="text" name="text" maxlength=(LENGTH_MAX) autocomplete="off" required;
            button type="submit" { "Write it down" }
        }
        h2 { "What the gateway said about you" }
        div.table { table {
            thead { tr { th scope="col" { "field" } th scope="col" { "value" } } }
            tbody { @for (name, value) in told(headers) { tr { td { code { (name) } } td { code { (value) } } } } }
        } }
    };
    Page::new("Your notes", HEAD, content).into_response()
}

async fn write(State(notes): State<Notes>, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    let text = url::form_urlencoded::parse(&form).find(|(name, _)| name == "text");
    let text: String =
        text.map(|(_, text)| text.trim().chars().take(LENGTH_MAX).collect()).unwrap_or_default();
    if !text.is_empty() {
        let mut notes = notes.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = notes.entry(user(&headers).to_owned()).or_default();
        written.push(text);
        let surplus = written.len().saturating_sub(NOTES_MAX);
        written.drain(..surplus);
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
    response
}

/// Who is there, for programs.
async fn who(headers: HeaderMap) -> Response {
    let mut text = format!("You are {}.\n\nThe application was told:\n", user(&headers));
    for (name, value) in told(&headers) {
        text.extend([name, ": ", value, "\n"]);
    }
    let mut response = text.into_response();
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn safe() -> Response {
    let content = html! {
        p {
            "The configuration says " code { "proven_within = \"1m\"" } " for this path: whoever proved who they are more than a minute ago is \
             asked for the password once more, and comes back here."
        }
        p { a href="/" { "Back to the notes" } }
    };
    Page::new("The safe", HEAD, content).into_response()
}
