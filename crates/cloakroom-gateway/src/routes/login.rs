//! Signing in.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use cloakroom::{ClientAddress, Method, Rejection, Session};
use http::header::{RETRY_AFTER, USER_AGENT, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::accounts::password::Password;
use crate::apps::Destination;
use crate::events::EventKind;
use crate::installation::{Guess, Proof};
use crate::pages::{Language, SignInNotice, SignInPage};
use crate::routes::by_hook::{self, ByHook, Typed};
use crate::routes::gateway::{Gateway, html};
use crate::routes::oidc;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;
use crate::web::Fields;

/// `GET /_cloakroom/login`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
    query: Result<Query, Problem>,
) -> Result<Response, Problem> {
    let Query(query) = query.unwrap_or_default();
    let next = Destination::from_fields(&query, &gateway.apps);
    if next.is_none() {
        record_refused_return(&gateway, &query);
    }
    if session?.subject().is_some() {
        let wants_proof = query.has("aal");
        return Ok(match &next {
            next @ Some(_) if wants_proof => {
                see_other(&Destination::behind("/_cloakroom/reauthenticate", next.as_ref(), &[]))
            }
            next => see_other(&gateway.after_proof(next.as_ref())),
        });
    }
    let notice = match (query.has("set_up"), query.has("lost")) {
        (true, _) => Some(SignInNotice::SetUp),
        (false, true) => Some(SignInNotice::NotSent),
        (false, false) => None,
    };
    Ok(page(&gateway, next.as_ref(), notice, ("", language)).into_response())
}

/// `POST /_cloakroom/login`
///
/// The sign-in begins before the password is read from the database: an account that is disabled, or a password that
/// is changed, while the old one is being checked wins. A name without a password here is the hook's to know, where there is one.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Problem> {
    let session = session?;
    let next = Destination::from_fields(&posted.0, &gateway.apps);
    let username = posted.0.one("username")?;
    let remember = gateway.remembered_days.is_some() && posted.0.has("remember");
    let id = gateway.installation.resolve(username).await?;
    let password = Password::new(posted.0.one("password")?);
    let outcome = match (&gateway.hook, password) {
        (_, Err(_)) => {
            gateway.installation.record_refused(id, "wrong_password");
            ByHook::Refused
        }
        (Some(hook), Ok(password)) if !gateway.installation.has_password(id).await? => {
            let user_agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
            let typed = Typed { name: username, id, client, user_agent };
            by_hook::sign_in(&gateway, hook, &session, typed, &password, remember).await?
        }
        (_, Ok(password)) => {
            let attempt = session.begin_sign_in(id.subject()).await?;
            match gateway.installation.authenticate(id, password, &Guess::new(username, client)).await? {
                Proof::Given(_) => {
                    let attempt = if remember { attempt.remember_me() } else { attempt };
                    attempt.finish(Method::Password).await?;
                    ByHook::SignedIn
                }
                Proof::Refused => ByHook::Refused,
                Proof::TooMany(wait) => ByHook::TooMany(wait),
            }
        }
    };
    let typed = (username, language);
    Ok(match outcome {
        ByHook::SignedIn => see_other(&gateway.after_proof(next.as_ref())),
        ByHook::Refused => {
            session.sign_in_failed(None, "password");
            failed(&gateway, next.as_ref(), typed)
        }
        ByHook::TooMany(wait) => {
            session.sign_in_failed(None, "too_many_guesses");
            too_many(page(&gateway, next.as_ref(), Some(SignInNotice::TooMany), typed), wait)
        }
        ByHook::Unavailable => {
            unavailable(page(&gateway, next.as_ref(), Some(SignInNotice::Unavailable), typed))
        }
    })
}

/// The page of the sign-in.
fn page(
    gateway: &Gateway,
    next: Option<&Destination>,
    notice: Option<SignInNotice>,
    (username, language): (&str, Language),
) -> Html<String> {
    let (providers, remembered_days) = (oidc::links(gateway, next), gateway.remembered_days);
    let page = SignInPage { next, notice, username, providers, remembered_days };
    html(page.render(gateway.site(language)))
}

/// Whoever knows the password cannot be asked: nothing is known of whether it is right.
fn unavailable(page: Html<String>) -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Records that a sign-in was to lead on to where it never leads. What stands behind a question mark may be a secret.
fn record_refused_return(gateway: &Gateway, query: &Fields) {
    if let Some(refused) = query.all("rd").chain(query.all("next")).next() {
        let place = refused.split(['?', '#']).next().unwrap_or_default();
        let event = gateway.installation.event(EventKind::ReturnRefused);
        gateway.installation.record(event.detail(place));
    }
}

/// Says when another password will be looked at.
///
/// Source: RFC 6585 4.
pub(super) fn too_many(page: Html<String>, wait: Duration) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    response
}

/// The same for a wrong password, an unknown name and a disabled account.
///
/// Source: ASVS 5.0 6.3.8.
fn failed(gateway: &Gateway, next: Option<&Destination>, typed: (&str, Language)) -> Response {
    let page = page(gateway, next, Some(SignInNotice::Failed), typed);
    let mut response = (StatusCode::UNAUTHORIZED, page).into_response();
    // RFC 9110 15.5.2 asks for a challenge; browsers know no scheme of this name and show the page.
    response
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Cloakroom realm=\"cloakroom\""));
    response
}
