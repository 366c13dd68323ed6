//! Signing in and out by forms.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use cloakroom::csrf::{CsrfToken, FORM_FIELD};
use cloakroom::{Error, Method, Session, SignOut, SignedIn, Subject};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;

use crate::users::Users;

/// `/login` and `/logout`. Both change something by POST only.
pub fn routes(users: Users) -> Router {
    routes_with(users, Offer::Nothing)
}

/// The same, with a box to tick for users who want the browser to be remembered.
pub fn routes_that_remember(users: Users) -> Router {
    routes_with(users, Offer::ToRemember)
}

fn routes_with(users: Users, offer: Offer) -> Router {
    let state = Site { users, offer };
    Router::new().route("/login", get(form).post(sign_in)).route("/logout", post(sign_out)).with_state(state)
}

/// What the form offers beside signing in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    Nothing,
    ToRemember,
}

#[derive(Clone)]
struct Site {
    users: Users,
    offer: Offer,
}

/// What the form of `/login` sends.
#[derive(Deserialize)]
struct Login {
    user: String,
    password: String,
    /// A browser sends a box that is ticked, and nothing of one that is not.
    remember: Option<String>,
}

/// The form has a token too: otherwise a site could sign its visitors in as somebody else.
async fn form(State(site): State<Site>, token: CsrfToken) -> Html<String> {
    page("Sign in", &login_form(&token, site.offer))
}

async fn sign_in(
    State(Site { users, offer }): State<Site>,
    session: Session,
    Form(login): Form<Login>,
) -> Result<Response, Error> {
    let Ok(subject) = Subject::new(&login.user) else { return refused(&session, offer).await };
    // Before the password is checked: if it is changed meanwhile, this sign-in loses.
    let attempt = session.begin_sign_in(subject.clone()).await?;
    if !users.check(&login.user, login.password).await {
        session.sign_in_failed(Some(&subject), "password");
        return refused(&session, offer).await;
    }
    let attempt = if login.remember.is_some() { attempt.remember_me() } else { attempt };
    attempt.finish(Method::Password).await?;
    Ok(Redirect::to("/").into_response())
}

/// The same answer for a wrong name and a wrong password.
async fn refused(session: &Session, offer: Offer) -> Result<Response, Error> {
    let form = login_form(&CsrfToken::of(session).await?, offer);
    let again = html! { p { "That is not right." } (form) };
    Ok((StatusCode::UNAUTHORIZED, page("Sign in", &again)).into_response())
}

/// What a form sends that asks for the password again.
#[derive(Deserialize)]
pub struct Proof {
    password: String,
}

/// For a POST of such a form: the user has proved again who they are, or the answer says that it was not right.
pub async fn prove(
    State(users): State<Users>,
    user: SignedIn,
    Form(proof): Form<Proof>,
) -> Result<Response, Error> {
    if !users.check(user.subject().as_str(), proof.password).await {
        user.sign_in_failed(Some(user.subject()), "password");
        return Ok((StatusCode::UNAUTHORIZED, "that is not right").into_response());
    }
    // A new token; the one that this request came with is dead at once.
    user.reauthenticate(Method::Password).await?;
    Ok(Redirect::to("/").into_response())
}

async fn sign_out(sign_out: SignOut) -> Result<Redirect, Error> {
    sign_out.finish().await?;
    Ok(Redirect::to("/"))
}

fn login_form(token: &CsrfToken, offer: Offer) -> Markup {
    html! {
        form method="post" action="/login" {
            (hidden(token))
            label { "Name " input name="user" autocomplete="username" required; }
            label { "Password " input name="password" type="password" autocomplete="current-password" required; }
            @if offer == Offer::ToRemember {
                label { input name="remember" type="checkbox"; " Remember me in this browser for 30 days" }
            }
            button { "Sign in" }
        }
    }
}

/// A button that signs out.
pub fn sign_out_button(token: &CsrfToken) -> Markup {
    html! { form method="post" action="/logout" { (hidden(token)) button { "Sign out" } } }
}

/// The field that every form has.
pub fn hidden(token: &CsrfToken) -> Markup {
    html! { input type="hidden" name=(FORM_FIELD) value=(token); }
}

/// A page. What is put into it is escaped unless it is markup.
pub fn page(title: &str, content: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" { head { meta charset="utf-8"; title { (title) } } body { h1 { (title) } (content) } }
    };
    Html(page.into_string())
}
