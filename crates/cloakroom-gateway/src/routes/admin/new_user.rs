//! New users, who set their own first password by a link.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::gate::Actor;
use super::user_changes::{edit, password_link, typed};
use crate::accounts::{Profile, Role};
use crate::installation::InstallationError;
use crate::pages::{Language, NewUserPage, Section, TypedUser};
use crate::routes::gateway::{Gateway, form_page};
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;

/// The routes of this part. It is no place among the users, of whom one may have any name.
pub(super) fn routes() -> Router<Gateway> {
    Router::new().route("/_cloakroom/admin/new-user", get(show).post(create))
}

/// `GET /_cloakroom/admin/new-user`
async fn show(State(gateway): State<Gateway>, actor: Actor, language: Language) -> Result<Response, Problem> {
    form(&gateway, &actor, language, ("", &TypedUser::default(), Role::Member), None).await
}

/// `POST /_cloakroom/admin/new-user`
async fn create(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    let (name, typed) = (posted.one("username")?, typed(&posted)?);
    let role = Role::from_word(posted.one("role")?).ok_or(Problem::Status(StatusCode::BAD_REQUEST))?;
    let (words, so_far) = (language.console(), (name, &typed, role));
    let refuse = async |why: &str| form(&gateway, &actor, language, so_far, Some(why)).await;
    let Ok(name) = name.parse() else { return refuse(language.words().bad_user_name).await };
    let profile = match edit(&typed, "") {
        Ok(edit) => edit.of(&Profile::default()),
        Err(wrong) => return refuse(wrong.said(language)).await,
    };
    let Ok(profile) = profile else { return refuse(words.too_many_groups).await };
    match gateway.installation.invite_user(name, role, profile).await {
        Ok((user, token)) => Ok(password_link(&gateway, &actor, language, (&user, &token), true)),
        Err(InstallationError::NameTaken(_)) => refuse(words.name_taken).await,
        Err(error) => Err(error.into()),
    }
}

async fn form(
    gateway: &Gateway,
    actor: &Actor,
    language: Language,
    (name, typed, role): (&str, &TypedUser, Role),
    refused: Option<&str>,
) -> Result<Response, Problem> {
    let token = actor.0.form_token().await?;
    let page = NewUserPage { frame: actor.frame(Section::Users), name, typed, role, token, refused };
    Ok(form_page(page.render(gateway.site(language)), refused))
}
