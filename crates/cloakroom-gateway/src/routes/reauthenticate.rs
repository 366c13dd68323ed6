//! Proving again who one is.

use std::net::IpAddr;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{ClientAddress, Method};
use http::StatusCode;

use crate::accounts::UserId;
use crate::accounts::password::Password;
use crate::apps::Destination;
use crate::installation::{Guess, Proof};
use crate::pages::{Language, ReauthenticatePage};
use crate::routes::by_hook;
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::oidc;
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;

/// `GET /_cloakroom/reauthenticate`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
    query: Result<Query, Problem>,
) -> Result<Response, Problem> {
    let Query(query) = query.unwrap_or_default();
    let next = Destination::from_fields(&query, &gateway.apps);
    let lost = query.has("lost");
    let about = About { next: next.as_ref(), lost, refused: None };
    form(&gateway, &member, language, &about, StatusCode::OK).await
}

/// `POST /_cloakroom/reauthenticate`
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    let next = Destination::from_fields(&posted, &gateway.apps);
    let refused = match prove(&gateway, &member, posted.one("password")?, client).await? {
        Proof::Given(_) => None,
        Proof::Refused => Some((StatusCode::FORBIDDEN, language.words().wrong_password)),
        Proof::TooMany(_) => Some((StatusCode::TOO_MANY_REQUESTS, language.words().too_many)),
    };
    if let Some((status, why)) = refused {
        let about = About { next: next.as_ref(), lost: false, refused: Some(why) };
        return form(&gateway, &member, language, &about, status).await;
    }
    member.session.reauthenticate(Method::Password).await?;
    Ok(see_other(&gateway.after_proof(next.as_ref())))
}

/// Whether this is the password of a signed-in user.
pub(crate) async fn prove(
    gateway: &Gateway,
    member: &Member,
    password: &str,
    client: IpAddr,
) -> Result<Proof, Problem> {
    let (Ok(id), Ok(password)) = (member.subject.as_str().parse::<UserId>(), Password::new(password)) else {
        if let Ok(id) = member.subject.as_str().parse::<UserId>() {
            gateway.installation.record_refused(id, "wrong_password");
        }
        return Ok(Proof::Refused);
    };
    let proof = if let Some(hook) = by_hook::of_user(gateway, &member.user).await? {
        by_hook::prove(gateway, hook, &member.session, &member.user, (&password, client)).await?
    } else {
        let guess = Guess::new(member.user.name.canonical(), client);
        gateway.installation.authenticate(id, password, &guess).await?
    };
    match proof {
        Proof::Given(_) => {}
        Proof::Refused => member.session.sign_in_failed(Some(&member.subject), "reauthentication"),
        Proof::TooMany(_) => member.session.sign_in_failed(Some(&member.subject), "too_many_guesses"),
    }
    Ok(proof)
}

/// What is said of a proof that is asked for.
struct About<'a> {
    next: Option<&'a Destination>,
    /// Whether something was sent that was not taken.
    lost: bool,
    refused: Option<&'a str>,
}

async fn form(
    gateway: &Gateway,
    member: &Member,
    language: Language,
    about: &About<'_>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let &About { next, lost, refused } = about;
    let token = member.form_token().await?;
    let providers = oidc::proof_links(gateway, &member.user, next).await?;
    let has_password = member.user.has_password || by_hook::of_user(gateway, &member.user).await?.is_some();
    let user = member.user.name.as_typed();
    let page = ReauthenticatePage { user, next, token, refused, has_password, lost, providers };
    Ok((status, html(page.render(gateway.site(language)))).into_response())
}
