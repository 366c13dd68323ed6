//! Users, for those who look at them.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::gate::Viewer;
use crate::accounts::{self, Role, User, UserFilter};
use crate::installation::InstallationError;
use crate::pages::{Language, Section, UserDone, UserPage, UsersPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Problem;
use crate::routes::query::Query;

/// How many users a page shows, which keeps it small.
const ROWS: usize = 25;

/// How many events a user's page shows.
const EVENTS: usize = 10;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin/users", get(list))
        .route("/_cloakroom/admin/users/{name}", get(show))
}

/// `GET /_cloakroom/admin/users?name=TEXT&email=TEXT&role=ROLE&state=STATE&after=KEY`
async fn list(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let text = |name| query.first(name).unwrap_or_default().trim();
    let filter = UserFilter {
        name: text("name").to_owned(),
        email: text("email").to_owned(),
        role: Role::from_word(text("role")),
        state: accounts::State::ALL.into_iter().find(|state| state.as_str() == text("state")),
    };
    let after = query.first("after");
    let found = gateway.installation.find_users(&filter, after, ROWS).await?;
    let next = found.next.as_ref().map(|next| {
        let asked = ["name", "email", "role", "state"].map(|name| (name, text(name)));
        let asked =
            asked.into_iter().chain([("after", next.as_str())]).filter(|(_, value)| !value.is_empty());
        let asked =
            asked.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        format!("/_cloakroom/admin/users?{}", asked.collect::<Vec<_>>().join("&"))
    });
    let page = UsersPage { frame: viewer.frame(Section::Users), filter: &filter, found: &found, next };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// `GET /_cloakroom/admin/users/{name}`
async fn show(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let user = named(&gateway, &name).await?;
    let installation = &gateway.installation;
    let page = UserPage {
        frame: viewer.frame(Section::Users),
        user: &user,
        identities: &installation.accounts().identities_of(user.id).await?,
        sessions: installation.sessions().list(&user.id.subject()).await?.len(),
        events: &installation.events_of(user.id, None, EVENTS).await?,
        done: query.as_deref().and_then(UserDone::from_query),
        now: installation.now(),
    };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// The user of a name in a path.
pub(super) async fn named(gateway: &Gateway, name: &str) -> Result<User, Problem> {
    let name = name.parse().map_err(|_| Problem::Status(StatusCode::NOT_FOUND))?;
    gateway.installation.user(name).await.map_err(unless_unknown)
}

/// A user who is not there is no reason to sign in again.
pub(super) fn unless_unknown(error: InstallationError) -> Problem {
    match error {
        InstallationError::NoSuchUser(_) => StatusCode::NOT_FOUND.into(),
        error => error.into(),
    }
}
