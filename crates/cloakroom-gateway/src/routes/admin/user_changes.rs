//! What an administrator does about a user.

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;

use super::gate::Actor;
use super::users::{named, unless_unknown};
use crate::accounts::{Edit, Group, LinkToken, ProfileEdit, Role, User};
use crate::events;
use crate::installation::InstallationError;
use crate::pages::{Language, PasswordLinkPage, Section, TypedUser, UserChangePage, UserDone};
use crate::routes::gateway::{Gateway, form_page, html};
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;
use crate::web::Fields;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin/users/{name}/change", get(show))
        .route("/_cloakroom/admin/users/{name}/profile", post(save))
        .route("/_cloakroom/admin/users/{name}/role", post(set_role))
        .route("/_cloakroom/admin/users/{name}/disable", post(disable))
        .route("/_cloakroom/admin/users/{name}/enable", post(enable))
        .route("/_cloakroom/admin/users/{name}/reset-link", post(make_link))
}

/// `GET /_cloakroom/admin/users/{name}/change`
async fn show(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let user = named(&gateway, &name).await?;
    let act = Act { gateway, actor, user, language, posted: Fields::default() };
    act.form(&TypedUser::of(&act.user), None).await
}

/// `POST /_cloakroom/admin/users/{name}/profile`
async fn save(act: Act) -> Result<Response, Problem> {
    let typed = typed(&act.posted)?;
    let edit = match edit(&typed, act.posted.one("groups_before")?) {
        Ok(edit) => edit,
        Err(wrong) => return act.form(&typed, Some(wrong.said(act.language))).await,
    };
    match act.gateway.installation.edit_user(act.user.name.clone(), &edit).await {
        Ok(_) => Ok(act.done(UserDone::Saved)),
        Err(InstallationError::TooManyGroups(_)) => {
            act.form(&typed, Some(act.language.console().too_many_groups)).await
        }
        Err(error) => Err(unless_unknown(error)),
    }
}

/// `POST /_cloakroom/admin/users/{name}/role`
async fn set_role(act: Act) -> Result<Response, Problem> {
    let role = Role::from_word(act.posted.one("role")?).ok_or(Problem::Status(StatusCode::BAD_REQUEST))?;
    act.after(act.gateway.installation.set_role(act.user.name.clone(), role).await, UserDone::Role).await
}

/// `POST /_cloakroom/admin/users/{name}/disable`
async fn disable(act: Act) -> Result<Response, Problem> {
    act.after(act.gateway.installation.disable_user(act.user.name.clone()).await, UserDone::Disabled).await
}

/// `POST /_cloakroom/admin/users/{name}/enable`
async fn enable(act: Act) -> Result<Response, Problem> {
    act.after(act.gateway.installation.enable_user(act.user.name.clone()).await, UserDone::Enabled).await
}

/// `POST /_cloakroom/admin/users/{name}/reset-link`: the answer has the link, which is nowhere else.
async fn make_link(act: Act) -> Result<Response, Problem> {
    match act.gateway.installation.issue_reset_link(act.user.name.clone()).await {
        Ok((user, token)) => {
            Ok(password_link(&act.gateway, &act.actor, act.language, (&user, &token), false))
        }
        Err(InstallationError::NoSuchUser(_)) => {
            act.form(&TypedUser::of(&act.user), Some(act.language.console().link_of_disabled)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page that shows a link by which a user sets a password, this once.
pub(super) fn password_link(
    gateway: &Gateway,
    actor: &Actor,
    language: Language,
    (user, token): (&User, &LinkToken),
    is_new: bool,
) -> Response {
    let url = format!("{}/_cloakroom/reset/{}", gateway.public_url, *token.reveal());
    let page = PasswordLinkPage { frame: actor.frame(Section::Users), user, url: &url, is_new };
    html(page.render(gateway.site(language))).into_response()
}

/// Something that is done about a user: by whom, about which, and what the form says.
struct Act {
    gateway: Gateway,
    actor: Actor,
    language: Language,
    user: User,
    posted: Fields,
}

impl FromRequest<Gateway> for Act {
    type Rejection = Response;

    /// Notes down why the form was sent, before anything is done.
    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let actor = Actor::from_request_parts(&mut parts, gateway).await?;
        let language = Language::asked_for(&parts.headers);
        let name = Path::<String>::from_request_parts(&mut parts, gateway).await;
        let Path(name) = name.map_err(IntoResponse::into_response)?;
        let posted = OwnForm::from_request(Request::from_parts(parts, body), gateway).await;
        let OwnForm(posted) = posted.map_err(IntoResponse::into_response)?;
        events::stating(posted.first("reason").unwrap_or_default());
        let user = named(gateway, &name).await.map_err(IntoResponse::into_response)?;
        Ok(Self { gateway: gateway.clone(), actor, language, user, posted })
    }
}

impl Act {
    /// What follows an act that the last administrator may have stood against.
    async fn after<T>(
        &self,
        outcome: Result<T, InstallationError>,
        done: UserDone,
    ) -> Result<Response, Problem> {
        match outcome {
            Ok(_) => Ok(self.done(done)),
            Err(InstallationError::LastAdministrator(_)) => {
                let why = self.language.console().last_administrator;
                self.form(&TypedUser::of(&self.user), Some(why)).await
            }
            Err(error) => Err(unless_unknown(error)),
        }
    }

    fn done(&self, done: UserDone) -> Response {
        see_other(&format!("/_cloakroom/admin/users/{}?{}", self.user.name.canonical(), done.query()))
    }

    async fn form(&self, typed: &TypedUser, refused: Option<&str>) -> Result<Response, Problem> {
        let token = self.actor.0.form_token().await?;
        let frame = self.actor.frame(Section::Users);
        let page = UserChangePage { frame, user: &self.user, typed, token, refused };
        Ok(form_page(page.render(self.gateway.site(self.language)), refused))
    }
}

/// A field that cannot be taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrong {
    DisplayName,
    Email,
    Group,
}

impl Wrong {
    /// In words.
    pub(super) const fn said(self, language: Language) -> &'static str {
        let words = language.console();
        match self {
            Self::DisplayName => words.bad_display_name,
            Self::Email => words.bad_email,
            Self::Group => words.bad_group,
        }
    }
}

/// What was typed about a user.
pub(super) fn typed(fields: &Fields) -> Result<TypedUser, Problem> {
    let text = |name| fields.one(name).map(|text| text.trim().to_owned());
    Ok(TypedUser { display_name: text("display_name")?, email: text("email")?, groups: text("groups")? })
}

/// The change that makes a profile what was typed. Of the groups only what the typist has changed is.
pub(super) fn edit(typed: &TypedUser, groups_before: &str) -> Result<ProfileEdit, Wrong> {
    let set = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let display_name = set(&typed.display_name).map(|text| text.parse().map_err(|_| Wrong::DisplayName));
    let email = set(&typed.email).map(|text| text.parse().map_err(|_| Wrong::Email));
    let (now, before) = (groups(&typed.groups)?, groups(groups_before)?);
    let apart = |these: &[Group], those: &[Group]| {
        these.iter().filter(|group| !those.contains(group)).cloned().collect()
    };
    Ok(ProfileEdit {
        display_name: display_name.transpose()?.map_or(Edit::Clear, Edit::Set),
        email: email.transpose()?.map_or(Edit::Clear, Edit::Set),
        add_groups: apart(&now, &before),
        remove_groups: apart(&before, &now),
    })
}

fn groups(text: &str) -> Result<Vec<Group>, Wrong> {
    let names = text.split([',', ' ']).filter(|name| !name.is_empty());
    names.map(|name| name.parse().map_err(|_| Wrong::Group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_groups_only_what_was_changed_is() {
        let typed = TypedUser { groups: "ops, wiki".to_owned(), ..TypedUser::default() };
        let edit = edit(&typed, "ops,sales").unwrap();
        let names = |groups: &[Group]| groups.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            (names(&edit.add_groups), names(&edit.remove_groups)),
            (vec!["wiki".into()], vec!["sales".into()])
        );
        assert_eq!((edit.display_name, edit.email), (Edit::Clear, Edit::Clear));
    }
}
