//! Remember me: the browser is known again after it was closed, and what weighs more asks for the password all the same.
//!
//! How long a replaced token is good is the first argument, in seconds; half a minute without it.

use std::error::Error as StdError;

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use cloakroom::csrf::CsrfToken;
use cloakroom::remember::RememberMe;
use cloakroom::{CookiePolicy, MemoryStore, Reauthenticated, Sessions, SignedIn, seconds};
use cloakroom_examples::{guarded, sign_in, users::Users};
use maud::html;

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let grace_s = std::env::args().nth(1).map_or(Ok(30), |grace| grace.parse())?;
    let remember = RememberMe::for_days(30)
        .cookie(CookiePolicy::insecure_for_localhost("remember")) // a real site leaves this out, as it does with the session's
        .with_grace(seconds(grace_s)); // and this
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new())).remember_me(remember);
    let users = Users::only("alice")?;
    let routes = Router::new()
        .route("/", get(account))
        .route("/close", post(close))
        .route("/prove", post(sign_in::prove))
        .with_state(users.clone())
        // Its form has a box to tick, and its handler calls `SignInAttempt::remember_me` when it is.
        .merge(sign_in::routes_that_remember(users));
    Ok(guarded::serve(routes, &sessions).await?)
}

/// A browser that was closed comes without a session: it has one again before this is called.
async fn account(user: SignedIn, token: CsrfToken) -> Html<String> {
    let content = html! {
        p { "Signed in as " (user.subject()) ", by " (user.authentication().method) "." }
        form method="post" action="/close" { (sign_in::hidden(&token)) button { "Close the account" } }
        form method="post" action="/prove" {
            (sign_in::hidden(&token))
            label { "Password " input name="password" type="password" autocomplete="current-password" required; }
            button { "It is me" }
        }
        (sign_in::sign_out_button(&token))
    };
    sign_in::page("Your account", &content)
}

/// Whoever was only remembered is asked first.
async fn close(user: Reauthenticated) -> String {
    format!("the account of {} is closed", user.subject())
}
