//! What an administrator does about a user.

use axum::Router;
use axum::extract::{Path, State};
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
use crate::routes::posted::Posted;
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
    let act = Act { gateway: &gateway, actor: &actor, user, language };
    act.form(&TypedUser::of(&act.user), None).await
}

/// `POST /_cloakroom/admin/users/{name}/profile`
async fn save(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = Act::begin(&gateway, &actor, language, &name, &posted).await?;
    let typed = typed(&posted.0)?;
    let edit = match edit(&typed, posted.0.one("groups_before")?) {
        Ok(edit) => edit,
        Err(wrong) => return act.form(&typed, Some(wrong.said(language))).await,
    };
    match gateway.installation.edit_user(act.user.name.clone(), &edit).await {
        Ok(_) => Ok(act.done(UserDone::Saved)),
        Err(InstallationError::TooManyGroups(_)) => {
            act.form(&typed, Some(language.console().too_many_groups)).await
        }
        Err(error) => Err(unless_unknown(error)),
    }
}

/// `POST /_cloakroom/admin/users/{name}/role`
async fn set_role(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = Act::begin(&gateway, &actor, language, &name, &posted).await?;
    let role = Role::from_word(posted.0.one("role")?).ok_or(Problem::Status(StatusCode::BAD_REQUEST))?;
    act.after(gateway.installation.set_role(act.user.name.clone(), role).await, UserDone::Role).await
}

/// `POST /_cloakroom/admin/users/{name}/disable`
async fn disable(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = Act::begin(&gateway, &actor, language, &name, &posted).await?;
    act.after(gateway.installation.disable_user(act.user.name.clone()).await, UserDone::Disabled).await
}

/// `POST /_cloakroom/admin/users/{name}/enable`
async fn enable(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = Act::begin(&gateway, &actor, language, &name, &posted).await?;
    act.after(gateway.installation.enable_user(act.user.name.clone()).await, UserDone::Enabled).await
}

/// `POST /_cloakroom/admin/users/{name}/reset-link`: the answer has the link, which is nowhere else.
async fn make_link(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = Act::begin(&gateway, &actor, language, &name, &posted).await?;
    match gateway.installation.issue_reset_link(act.user.name.clone()).await {
        Ok((user, token)) => Ok(password_link(&gateway, &actor, language, (&user, &token), false)),
        Err(InstallationError::NoSuchUser(_)) => {
            act.form(&TypedUser::of(&act.user), Some(language.console().link_of_disabled)).await
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

/// Something that is done about a user.
struct Act<'a> {
    gateway: &'a Gateway,
    actor: &'a Actor,
    user: User,
    language: Language,
}

impl<'a> Act<'a> {
    /// Proves a form, notes down why it was sent, and finds the user that it is about.
    async fn begin(
        gateway: &'a Gateway,
        actor: &'a Actor,
        language: Language,
        name: &str,
        posted: &Posted,
    ) -> Result<Self, Problem> {
        posted.check(&actor.0.session).await?;
        events::stating(posted.0.first("reason").unwrap_or_default());
        Ok(Self { gateway, actor, user: named(gateway, name).await?, language })
    }

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
