//! Proving again who one is.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use cloakroom::Method;
use http::StatusCode;

use crate::accounts::password::Password;
use crate::accounts::{User, UserId};
use crate::apps::Destination;
use crate::pages::ReauthenticatePage;
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::oidc;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;
use crate::web::Fields;

/// `GET /_cloakroom/reauthenticate`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let next = Destination::from_fields(&query, &gateway.apps);
    form(&gateway, &member, next.as_ref(), StatusCode::OK, None).await
}

/// `POST /_cloakroom/reauthenticate`
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    member: Member,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.check(&member.session).await?;
    let next = Destination::from_fields(&posted.0, &gateway.apps);
    if prove(&gateway, &member, posted.0.one("password")?).await?.is_none() {
        let wrong = Some("The password is not right.");
        return form(&gateway, &member, next.as_ref(), StatusCode::FORBIDDEN, wrong).await;
    }
    member.session.reauthenticate(Method::Password).await?;
    Ok(see_other(&gateway.after_proof(next.as_ref())))
}

/// The account of a signed-in user, when this is its password.
pub(super) async fn prove(
    gateway: &Gateway,
    member: &Member,
    password: &str,
) -> Result<Option<User>, Problem> {
    let (Ok(id), Ok(password)) = (member.subject.as_str().parse::<UserId>(), Password::new(password)) else {
        return Ok(None);
    };
    let user = gateway.installation.authenticate(id, password).await?;
    if user.is_none() {
        member.session.sign_in_failed(Some(&member.subject), "reauthentication");
    }
    Ok(user)
}

async fn form(
    gateway: &Gateway,
    member: &Member,
    next: Option<&Destination>,
    status: StatusCode,
    refused: Option<&str>,
) -> Result<Response, Problem> {
    let token = member.form_token().await?;
    let providers = oidc::proof_links(gateway, &member.user, next).await?;
    let (user, has_password) = (member.user.name.as_typed(), member.user.has_password);
    let page = ReauthenticatePage { user, next, token, refused, has_password, providers };
    Ok((status, html(page.render(&gateway.site))).into_response())
}
