//! Ending many sessions: all that are like this, and everybody's.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

use super::gate::{Actor, Viewer};
use super::sessions::{meant, reason_of, words_of};
use crate::installation::{BulkEnding, SessionSearch};
use crate::pages::{
    EndEveryonesPage, EndMatchingPage, EndingRefused, EndingRow, EndingsPage, FilterWords, Instant, Language,
    SESSIONS_PATH, Section,
};
use crate::routes::gateway::{Gateway, html};
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;

/// Where it is told how far they are.
const ENDINGS: &str = "/_cloakroom/admin/sessions/endings";

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/_cloakroom/admin/sessions/end-matching", get(ask_matching).post(end_matching))
        .route("/_cloakroom/admin/sessions/end-everyones", get(ask_everyones).post(end_everyones))
        .route(ENDINGS, get(endings))
}

/// `GET /_cloakroom/admin/sessions/end-matching`
async fn ask_matching(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let words = words_of(&query);
    match meant(&gateway, &words).await? {
        Ok((_, search)) if !words.is_empty() => {
            matching(&gateway, &actor, language, (words, &search), None).await
        }
        // What cannot be understood, and what says nothing, is told of above the list.
        _ => Ok(to_list(&words)),
    }
}

/// `POST /_cloakroom/admin/sessions/end-matching`
async fn end_matching(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    let words = words_of(&posted);
    let (filter, search) = match meant(&gateway, &words).await? {
        Ok(meant) if !words.is_empty() => meant,
        _ => return Ok(to_list(&words)),
    };
    let Some(reason) = reason_of(&posted) else {
        let refused = Some(EndingRefused::NoReason);
        return matching(&gateway, &actor, language, (words, &search), refused).await;
    };
    let by = actor.0.user.name.clone();
    let begun = gateway.installation.begin_ending((filter, search.clone()), reason, by, actor.0.id);
    if begun.is_none() {
        return matching(&gateway, &actor, language, (words, &search), Some(EndingRefused::Busy)).await;
    }
    Ok(see_other(ENDINGS))
}

/// `GET /_cloakroom/admin/sessions/end-everyones`
async fn ask_everyones(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
) -> Result<Response, Problem> {
    everyones(&gateway, &actor, language, None).await
}

/// `POST /_cloakroom/admin/sessions/end-everyones`
async fn end_everyones(
    State(gateway): State<Gateway>,
    actor: Actor,
    language: Language,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    if posted.one("sure") != Ok("yes") {
        return everyones(&gateway, &actor, language, Some(EndingRefused::NotSure)).await;
    }
    let Some(reason) = reason_of(&posted) else {
        return everyones(&gateway, &actor, language, Some(EndingRefused::NoReason)).await;
    };
    gateway.installation.end_everyones(&reason).await?;
    Ok(see_other("/_cloakroom/login"))
}

/// `GET /_cloakroom/admin/sessions/endings`
async fn endings(State(gateway): State<Gateway>, viewer: Viewer, language: Language) -> Response {
    let now = gateway.installation.now();
    let row = |ending: &BulkEnding| EndingRow {
        begun: Instant { at: ending.begun_at, now },
        by: ending.by.as_typed().to_owned(),
        filter: FilterWords(ending.filter.words()),
        reason: ending.reason.to_string(),
        ended: ending.ended(),
        outcome: ending.outcome(),
    };
    let endings = gateway.installation.bulk_endings();
    let page = EndingsPage {
        frame: viewer.frame(Section::Sessions),
        endings: endings.iter().map(|ending| row(ending)).collect(),
    };
    html(page.render(gateway.site(language))).into_response()
}

fn to_list(words: &FilterWords) -> Response {
    see_other(&format!("{SESSIONS_PATH}{}", words.query(&[])))
}

async fn matching(
    gateway: &Gateway,
    actor: &Actor,
    language: Language,
    (filter, search): (FilterWords, &SessionSearch),
    refused: Option<EndingRefused>,
) -> Result<Response, Problem> {
    let page = EndMatchingPage {
        frame: actor.frame(Section::Sessions),
        filter,
        counted: gateway.installation.count_sessions(search).await?,
        refused,
        token: actor.0.form_token().await?,
    };
    Ok((status(refused), html(page.render(gateway.site(language)))).into_response())
}

async fn everyones(
    gateway: &Gateway,
    actor: &Actor,
    language: Language,
    refused: Option<EndingRefused>,
) -> Result<Response, Problem> {
    let token = actor.0.form_token().await?;
    let page = EndEveryonesPage { frame: actor.frame(Section::Sessions), refused, token };
    Ok((status(refused), html(page.render(gateway.site(language)))).into_response())
}

const fn status(refused: Option<EndingRefused>) -> StatusCode {
    match refused {
        None => StatusCode::OK,
        Some(EndingRefused::Busy) => StatusCode::CONFLICT,
        Some(EndingRefused::NoReason | EndingRefused::NotSure) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
