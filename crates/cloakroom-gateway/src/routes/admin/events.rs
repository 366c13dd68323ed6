//! The trail, for those who look: a page at a time, or as it comes.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::asked_events::{asked, filter};
use super::following::{Followed, Following};
use super::gate::Viewer;
use crate::events::{EventCursor, EventNumber, RecordedEvent};
use crate::pages::{EventsPage, Language, Section};
use crate::routes::gateway::{Gateway, html};
use crate::routes::problem::Problem;
use crate::routes::query::Query;

/// How many events a page shows, which keeps it small.
const ROWS: usize = 20;

/// By which a browser says up to where it has followed a stream that broke off.
static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// That nginx hands a stream on as it comes.
static NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin/events", get(list))
        .route("/_cloakroom/admin/events/stream", get(follow))
}

/// `GET /_cloakroom/admin/events`
async fn list(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let after = query
        .at_most_one("cursor")?
        .map(|text| text.parse::<EventCursor>().map_err(|_| StatusCode::BAD_REQUEST));
    let (after, asked) = (after.transpose()?, asked(&query));
    let filter = filter(&gateway.installation, &asked).await?;
    // Asked for before the list, so that what comes between the two is not missed by whoever follows on from here.
    let before = gateway.installation.last_event().await?;
    let mut events = match &filter {
        Some(filter) => gateway.installation.events(filter, after, ROWS + 1).await?,
        None => Vec::new(),
    };
    let has_more = events.len() > ROWS;
    events.truncate(ROWS);
    let next = events.last().filter(|_| has_more).map(|event| event.cursor().to_string());
    let is_newest = filter.is_some_and(|filter| filter.until.is_none()) && after.is_none();
    let newest = events.iter().map(|event| event.number).fold(before, EventNumber::max);
    let page = EventsPage {
        frame: viewer.frame(Section::Events),
        asked: &asked,
        is_understood: filter.is_some(),
        events: events.into_iter().map(|event| placed(&gateway, language, event)).collect(),
        next: next.map(|cursor| asked.href("", &[("cursor", &cursor)])),
        last: is_newest.then_some(newest),
    };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// `GET /_cloakroom/admin/events/stream`: server-sent events, each a row of the list with its number. Begins behind the number that the
/// browser has met last, else behind that of `after`, else with what comes from now on.
///
/// Source: HTML, 9.2.
async fn follow(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(filter) = filter(&gateway.installation, &asked(&query)).await? else {
        return Err(StatusCode::BAD_REQUEST.into());
    };
    let met = headers.get(&LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let met = if met.is_some() { met } else { query.at_most_one("after")? }.filter(|met| !met.is_empty());
    let met = met.map(|met| met.parse::<i64>().map_err(|_| StatusCode::BAD_REQUEST)).transpose()?;
    let last = gateway.installation.last_event().await?;
    // A number that is not there yet is that of a database from before it was restored.
    let last = met.map_or(last, |met| last.min(EventNumber::met(met)));
    let place = gateway.followers.enter(viewer.0.user.id).ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    let followed = Followed::from(Following::new(&gateway, viewer.0, language, filter, last, place));
    let fields = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (NO_BUFFERING.clone(), HeaderValue::from_static("no")),
    ];
    Ok((fields, Body::new(followed)).into_response())
}

fn placed(gateway: &Gateway, language: Language, event: RecordedEvent) -> (RecordedEvent, Option<String>) {
    let place = super::following::place(gateway, language, &event);
    (event, place)
}
