//! The overview, for those who look.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::gate::Viewer;
use crate::pages::{Language, OverviewPage, Section};
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Problem;
use crate::samples::Span;
use crate::web::Fields;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new().route("/_cloakroom/admin/overview", get(show))
}

/// `GET /_cloakroom/admin/overview`
async fn show(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let span = query.all("span").next().and_then(Span::from_word).unwrap_or_default();
    let points = gateway.installation.series(span).await?;
    let page = OverviewPage { frame: viewer.frame(Section::Overview), span, points: &points };
    Ok(html(page.render(gateway.site(language))).into_response())
}
