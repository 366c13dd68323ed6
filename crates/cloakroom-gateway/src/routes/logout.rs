//! Signing out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Rejection, Session, SignOut};
use http::StatusCode;

use crate::apps::Destination;
use crate::config::Scheme;
use crate::pages::{Language, SignOutPage, SignedOutPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::provider_sign_out;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;
use crate::web::headers::{CLEAR_SITE_DATA, CLEARED};

/// `GET /_cloakroom/logout?next=PATH`, or `rd=URL`: asks, since a link alone must change nothing.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    language: Language,
    query: Result<Query, Problem>,
) -> Result<Response, Problem> {
    let Query(query) = query.unwrap_or_default();
    let next = Destination::from_fields(&query, &gateway.apps);
    let page = match Member::of(&gateway, &session?).await? {
        Some(member) => {
            let (user, token) = (member.user.name.as_typed(), member.form_token().await?);
            SignOutPage { user, token, next: next.as_ref() }.render(gateway.site(language))
        }
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
    // Whoever wants to go on as somebody else is led to the sign-in, and from there on.
    let next = Destination::from_fields(&posted.0, &gateway.apps);
    let behind = next.map_or("/_cloakroom/logout".to_owned(), |next| {
        Destination::behind("/_cloakroom/login", Some(&next), &[])
    });
    let mut response = led_on.unwrap_or_else(|| see_other(&behind));
    if gateway.public_url.scheme() == Scheme::Https {
        response.headers_mut().insert(CLEAR_SITE_DATA, CLEARED);
    }
    Ok(response)
}
