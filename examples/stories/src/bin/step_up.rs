//! Step-up: what weighs more asks for the password again, unless it was given a moment ago.
//!
//! How long ago that may be is the first argument, in seconds; a minute without it.

use std::error::Error as StdError;

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use cloakroom::csrf::CsrfToken;
use cloakroom::{MemoryStore, Reauthenticated, Sessions, SignedIn, seconds};
use cloakroom_examples::{guarded, sign_in, users::Users};
use maud::html;

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let window_s = std::env::args().nth(1).map_or(Ok(60), |window| window.parse())?;
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()))
        .reauthentication_window(seconds(window_s)); // five minutes if this is left out
    let users = Users::only("alice")?;
    let routes = Router::new()
        .route("/", get(account))
        .route("/close", post(close))
        .route("/prove", get(form).post(sign_in::prove))
        .with_state(users.clone())
        .merge(sign_in::routes(users));
    Ok(guarded::serve(routes, &sessions).await?)
}

async fn account(user: SignedIn, token: CsrfToken) -> Html<String> {
    let content = html! {
        p { "Signed in as " (user.subject()) ", by " (user.authentication().method) "." }
        form method="post" action="/close" { (sign_in::hidden(&token)) button { "Close the account" } }
        p { a href="/prove" { "Give the password again" } }
        (sign_in::sign_out_button(&token))
    };
    sign_in::page("Your account", &content)
}

/// `Reauthenticated` refuses with 403 when the last proof is too old: the handler need not ask.
async fn close(user: Reauthenticated) -> String {
    format!("the account of {} is closed", user.subject())
}

async fn form(_: SignedIn, token: CsrfToken) -> Html<String> {
    let content = html! {
        form method="post" action="/prove" {
            (sign_in::hidden(&token))
            label { "Password " input name="password" type="password" autocomplete="current-password" required; }
            button { "Go on" }
        }
    };
    sign_in::page("Is it you?", &content)
}
