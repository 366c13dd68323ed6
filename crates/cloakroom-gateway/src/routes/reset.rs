//! The one-time link by which a user sets a password.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::REFERRER_POLICY;
use http::{HeaderValue, StatusCode};

use crate::accounts::password::Password;
use crate::accounts::{LinkToken, Reset, User};
use crate::installation::InstallationError;
use crate::pages::{DeadResetLinkPage, Language, ResetPage};
use crate::routes::gateway::{Gateway, form_page, html};
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;

/// `GET /_cloakroom/reset/{token}`: shows the form and uses nothing up, as that of the set-up.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    Path(token): Path<String>,
    language: Language,
) -> Result<Response, Problem> {
    let Some((_, user)) = live(&gateway, &token).await? else { return Ok(dead(&gateway, language)) };
    Ok(form(&gateway, language, &token, &user, None))
}

/// `POST /_cloakroom/reset/{token}`
///
/// Nobody is signed in by it: who has the password now signs in with it.
///
/// Source: OWASP Forgot Password Cheat Sheet, "User Resets Password"; ASVS 5.0 6.4.1.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    Path(token_text): Path<String>,
    language: Language,
    posted: Posted,
) -> Result<Response, Problem> {
    let Some((token, user)) = live(&gateway, &token_text).await? else {
        return Ok(dead(&gateway, language));
    };
    let words = language.words();
    let refuse = |why: &str| Ok(form(&gateway, language, &token_text, &user, Some(why)));
    let password = posted.0.one("new_password")?;
    if password != posted.0.one("repeated")? {
        return refuse(words.passwords_differ);
    }
    let Ok(password) = Password::new(password) else { return refuse(words.password_too_long) };
    match gateway.installation.reset_by_link(&user, &token, &password).await {
        Ok(Reset::Done) => Ok(without_referrer(see_other("/_cloakroom/login?set_up"))),
        Ok(Reset::LinkDead) => Ok(dead(&gateway, language)),
        Err(InstallationError::Password(refusal)) => refuse(&words.password_refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// The token of a link and its user, while it works.
async fn live(gateway: &Gateway, text: &str) -> Result<Option<(LinkToken, User)>, Problem> {
    let Some(token) = LinkToken::parse(text) else { return Ok(None) };
    let user = gateway.installation.user_of_link(&token).await?;
    Ok(user.map(|user| (token, user)))
}

fn dead(gateway: &Gateway, language: Language) -> Response {
    let page = (StatusCode::NOT_FOUND, html(DeadResetLinkPage::render(gateway.site(language))));
    without_referrer(page.into_response())
}

fn form(gateway: &Gateway, language: Language, token: &str, user: &User, refused: Option<&str>) -> Response {
    let action = format!("/_cloakroom/reset/{token}");
    let length_min = gateway.installation.policy().length_min();
    let page = ResetPage { action: &action, user: user.name.as_typed(), length_min, refused };
    without_referrer(form_page(page.render(gateway.site(language)), refused))
}

/// Not even our own requests repeat the token, which a proxy before us may write into its log. `no-referrer` would make browsers
/// send `Origin: null` with the form.
fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response
}
