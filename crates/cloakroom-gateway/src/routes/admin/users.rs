//! Users, for those who administer them.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::gate::Viewer;
use crate::pages::{Language, Section, UsersPage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Problem;
use crate::web::Fields;

/// How many users a page shows, which keeps it small.
const ROWS: usize = 25;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new().route("/_cloakroom/admin/users", get(list))
}

/// `GET /_cloakroom/admin/users`
async fn list(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let after = query.all("after").next().unwrap_or_default();
    let mut users = gateway.installation.users_after(after, ROWS + 1).await?;
    let has_more = users.len() > ROWS;
    users.truncate(ROWS);
    let next = users.last().filter(|_| has_more);
    let next = next.map(|last| format!("/_cloakroom/admin/users?after={}", last.name.canonical()));
    let page = UsersPage { frame: viewer.frame(Section::Users), users: &users, next };
    Ok(html(page.render(gateway.site(language))).into_response())
}
