//! Changing one's password.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{ClientAddress, Method};
use http::StatusCode;

use crate::accounts::password::Password;
use crate::events::EventKind;
use crate::installation::Proof;
use crate::pages::{PasswordPage, TOO_MANY};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::reauthenticate::prove;
use crate::routes::redirect::see_other;
use crate::routes::setup::sentence;

/// `GET /_cloakroom/account/password`
pub(super) async fn show(State(gateway): State<Gateway>, member: Member) -> Result<Response, Problem> {
    form(&gateway, &member, StatusCode::OK, None).await
}

/// `POST /_cloakroom/account/password`
///
/// The current password is asked for here, so it counts as a reauthentication. The new one is stored first: a sign-in
/// with the old one that is under way then loses to the end of the other sessions.
///
/// Source: ASVS 5.0 6.2.3, 7.4.3.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    member: Member,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.check(&member.session).await?;
    if !member.user.has_password {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let refuse = async |why: &str| form(&gateway, &member, StatusCode::UNPROCESSABLE_ENTITY, Some(why)).await;
    let new = posted.0.one("new_password")?;
    if new != posted.0.one("repeated")? {
        return refuse("The two new passwords differ.").await;
    }
    let user = match prove(&gateway, &member, posted.0.one("password")?, client).await? {
        Proof::Given(user) => user,
        Proof::Refused => {
            let wrong = Some("The current password is not right.");
            return form(&gateway, &member, StatusCode::FORBIDDEN, wrong).await;
        }
        Proof::TooMany(_) => {
            return form(&gateway, &member, StatusCode::TOO_MANY_REQUESTS, Some(TOO_MANY)).await;
        }
    };
    let new = match Password::new(new) {
        Ok(new) => new,
        Err(error) => return refuse(&sentence(&error)).await,
    };
    let new = match gateway.installation.policy().check(&new, Some(&member.user.name)) {
        Ok(new) => new,
        Err(refusal) => return refuse(&refusal.to_string()).await,
    };
    gateway.installation.store_password(user.id, new).await?;
    let event = gateway.installation.event(EventKind::PasswordChanged).about(&user).because("changed");
    gateway.installation.record(event.of(member.id));
    gateway.installation.sessions().sign_out_others(&member.session).await?;
    member.session.reauthenticate(Method::Password).await?;
    Ok(see_other("/_cloakroom/account?password"))
}

async fn form(
    gateway: &Gateway,
    member: &Member,
    status: StatusCode,
    refused: Option<&str>,
) -> Result<Response, Problem> {
    if !member.user.has_password {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let length_min = gateway.installation.policy().length_min();
    let token = member.form_token().await?;
    let page = PasswordPage { user: member.user.name.as_typed(), length_min, token, refused };
    Ok((status, html(page.render(&gateway.site))).into_response())
}
