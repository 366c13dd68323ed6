//! The one-time link of the first administrator.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::accounts::password::Password;
use crate::accounts::{LinkToken, SetUp};
use crate::installation::InstallationError;
use crate::pages::{DeadLinkPage, Language, SetupPage};
use crate::routes::gateway::{Gateway, form_page, html};
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;

/// `GET /_cloakroom/setup/{token}`: shows the form and uses nothing up, since browsers and chat programs look at links
/// before people do.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    Path(token_text): Path<String>,
    language: Language,
) -> Result<Response, Problem> {
    if live(&gateway, &token_text).await?.is_none() {
        return Ok(dead(&gateway, language));
    }
    Ok(form(&gateway, language, &token_text, "admin", None))
}

/// `POST /_cloakroom/setup/{token}`
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    Path(token_text): Path<String>,
    language: Language,
    posted: Posted,
) -> Result<Response, Problem> {
    let Some(token) = live(&gateway, &token_text).await? else { return Ok(dead(&gateway, language)) };
    let username = posted.0.one("username")?;
    let words = language.words();
    let refuse = |why: &str| Ok(form(&gateway, language, &token_text, username, Some(why)));
    let Ok(name) = username.parse() else { return refuse(words.bad_user_name) };
    let password = posted.0.one("new_password")?;
    if password != posted.0.one("repeated")? {
        return refuse(words.passwords_differ);
    }
    let Ok(password) = Password::new(password) else { return refuse(words.password_too_long) };
    match gateway.installation.set_up(&token, name, &password).await {
        Ok(SetUp::Done(_)) => Ok(see_other("/_cloakroom/login?set_up")),
        Ok(SetUp::LinkDead) => Ok(dead(&gateway, language)),
        Err(InstallationError::Password(refusal)) => refuse(&words.password_refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// The token of a link, while it works.
async fn live(gateway: &Gateway, text: &str) -> Result<Option<LinkToken>, Problem> {
    let Some(token) = LinkToken::parse(text) else { return Ok(None) };
    let installation = &gateway.installation;
    let works = installation.accounts().setup_link_works(&token, installation.now()).await?;
    Ok(works.then_some(token))
}

fn dead(gateway: &Gateway, language: Language) -> Response {
    (StatusCode::NOT_FOUND, html(DeadLinkPage::render(gateway.site(language)))).into_response()
}

fn form(
    gateway: &Gateway,
    language: Language,
    token: &str,
    username: &str,
    refused: Option<&str>,
) -> Response {
    let action = format!("/_cloakroom/setup/{token}");
    let length_min = gateway.installation.policy().length_min();
    let page = SetupPage { action: &action, username, length_min, refused };
    form_page(page.render(gateway.site(language)), refused)
}
