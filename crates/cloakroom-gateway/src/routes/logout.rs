//! Signing out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Rejection, Session, SignOut};
use http::StatusCode;

use crate::config::Scheme;
use crate::pages::{Language, SignOutPage, SignedOutPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::provider_sign_out;
use crate::routes::redirect::see_other;
use crate::web::headers::{CLEAR_SITE_DATA, CLEARED};

/// `GET /_cloakroom/logout`: asks, since a link alone must change nothing.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
) -> Result<Response, Problem> {
    let page = match Member::of(&gateway, &session?).await? {
        Some(member) => SignOutPage { user: member.user.name.as_typed(), token: member.form_token().await? }
            .render(gateway.site(language)),
        None => SignedOutPage::render(gateway.site(language)),
    };
    Ok(html(page).into_response())
}

/// `POST /_cloakroom/logout`
///
/// While the store is down nobody can say whose form it is; the request comes from our own origin, so the cookie is
/// removed all the same, and the answer says that the session may live on.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
    sign_out: SignOut,
    posted: Posted,
) -> Result<Response, Problem> {
    if let Ok(session) = &session {
        match posted.check_if_any(session).await {
            Ok(()) | Err(Problem::Status(StatusCode::SERVICE_UNAVAILABLE)) => {}
            Err(problem) => return Err(problem),
        }
    }
    let id = session.as_ref().ok().and_then(Session::id);
    let provider = match id {
        Some(id) => provider_sign_out::provider_of(&gateway, id).await,
        None => None,
    };
    match sign_out.finish().await {
        // Somebody else ended it first: signed out is signed out.
        Ok(()) | Err(Error::Gone) => {}
        Err(error) => return Err(error.into()),
    }
    let led_on = match provider.zip(id) {
        Some((provider, id)) => provider_sign_out::lead_on(&gateway, provider, id, language).await,
        None => None,
    };
    let mut response = led_on.unwrap_or_else(|| see_other("/_cloakroom/logout"));
    if gateway.public_url.scheme() == Scheme::Https {
        response.headers_mut().insert(CLEAR_SITE_DATA, CLEARED);
    }
    Ok(response)
}
