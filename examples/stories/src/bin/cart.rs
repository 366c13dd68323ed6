//! A guest's cart survives the sign-in; the shopping list of a user does not pass to the next one.

use std::error::Error as StdError;

use axum::response::{Html, Redirect};
use axum::routing::get;
use axum::{Form, Router};
use cloakroom::csrf::CsrfToken;
use cloakroom::{Error, MemoryStore, Session, Sessions, Slot};
use cloakroom_examples::{guarded, sign_in, users::Users};
use maud::html;
use serde::Deserialize;

/// Carried over when the guest signs in, and never from one user to another.
const CART: Slot<Vec<String>> = Slot::new("cart").kept_at_sign_in();

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()));
    let routes = Router::new().route("/", get(cart).post(add)).merge(sign_in::routes(Users::only("alice")?));
    Ok(guarded::serve(routes, &sessions).await?)
}

/// What there is to buy: what a browser sends is looked up, not believed.
const WARES: [&str; 3] = ["apples", "bread", "cheese"];

async fn cart(session: Session, token: CsrfToken) -> Result<Html<String>, Error> {
    let content = html! {
        @match session.subject() {
            Some(user) => { p { "Signed in as " (user) "." } (sign_in::sign_out_button(&token)) }
            None => { p { "You are a guest. " a href="/login" { "Sign in" } } }
        }
        ul { @for ware in session.get(CART)?.unwrap_or_default() { li { (ware) } } }
        form method="post" action="/" {
            (sign_in::hidden(&token))
            @for ware in WARES { button name="ware" value=(ware) { "Add " (ware) } }
        }
    };
    Ok(sign_in::page("Your cart", &content))
}

#[derive(Deserialize)]
struct Added {
    ware: String,
}

async fn add(session: Session, Form(added): Form<Added>) -> Result<Redirect, Error> {
    if WARES.contains(&added.ware.as_str()) {
        // Two tabs that add something at the same time both succeed.
        session.update(CART, move |cart| {
            let mut cart = cart.unwrap_or_default();
            cart.push(added.ware.clone());
            Some(cart)
        })?;
    }
    Ok(Redirect::to("/"))
}
