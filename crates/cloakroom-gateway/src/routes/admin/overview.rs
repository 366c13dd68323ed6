//! The overview, for those who look.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::gate::Viewer;
use crate::pages::{Language, OverviewPage, Section};
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::samples::Span;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new().route("/_cloakroom/admin/overview", get(show))
}

/// `GET /_cloakroom/admin/overview`
async fn show(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let span = query.first("span").and_then(Span::from_word).unwrap_or_default();
    let points = gateway.installation.series(span).await?;
    let page = OverviewPage { frame: viewer.frame(Section::Overview), span, points: &points };
    Ok(html(page.render(gateway.site(language))).into_response())
}
