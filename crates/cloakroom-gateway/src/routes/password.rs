//! Changing one's password.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{ClientAddress, Method};
use http::StatusCode;

use crate::accounts::password::Password;
use crate::events::EventKind;
use crate::installation::Proof;
use crate::pages::{Done, Language, PasswordPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::reauthenticate::prove;
use crate::routes::redirect::see_other;

/// `GET /_cloakroom/account/password`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
) -> Result<Response, Problem> {
    form(&gateway, &member, language, StatusCode::OK, None).await
}

/// `POST /_cloakroom/account/password`
///
/// The current password is asked for here, so it counts as a reauthentication. The new one is stored first: a sign-in
/// with the old one that is under way then loses to the end of the other sessions. It is stored only while the current one still is the one
/// that was proved: a reset that comes between the two wins.
///
/// Source: ASVS 5.0 6.2.3, 7.4.3.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    if !member.user.has_password {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let (words, unfit) = (language.words(), StatusCode::UNPROCESSABLE_ENTITY);
    let refuse = async |status, why: &str| form(&gateway, &member, language, status, Some(why)).await;
    let new = posted.one("new_password")?;
    if new != posted.one("repeated")? {
        return refuse(unfit, words.passwords_differ).await;
    }
    let user = match prove(&gateway, &member, posted.one("password")?, client).await? {
        Proof::Given(user) => user,
        Proof::Refused => return refuse(StatusCode::FORBIDDEN, words.wrong_current_password).await,
        Proof::TooMany(_) => return refuse(StatusCode::TOO_MANY_REQUESTS, words.too_many).await,
    };
    let Ok(new) = Password::new(new) else { return refuse(unfit, words.password_too_long).await };
    let new = match gateway.installation.policy().check(&new, Some(&member.user.name)) {
        Ok(new) => new,
        Err(refusal) => return refuse(unfit, &words.password_refused(refusal)).await,
    };
    if !gateway.installation.change_password(&user, new).await? {
        return refuse(StatusCode::FORBIDDEN, words.wrong_current_password).await;
    }
    let event = gateway.installation.event(EventKind::PasswordChanged).about(&user).because("changed");
    gateway.installation.record(event.of(member.id));
    gateway.installation.sessions().sign_out_others(&member.session).await?;
    member.session.reauthenticate(Method::Password).await?;
    Ok(see_other(&format!("/_cloakroom/account?{}", Done::PasswordChanged.query())))
}

async fn form(
    gateway: &Gateway,
    member: &Member,
    language: Language,
    status: StatusCode,
    refused: Option<&str>,
) -> Result<Response, Problem> {
    if !member.user.has_password {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let length_min = gateway.installation.policy().length_min();
    let token = member.form_token().await?;
    let page = PasswordPage { user: member.user.name.as_typed(), length_min, token, refused };
    Ok((status, html(page.render(gateway.site(language)))).into_response())
}
