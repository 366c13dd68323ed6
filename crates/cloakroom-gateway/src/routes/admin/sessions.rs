//! The live sessions of everybody, for those who administer them.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::SessionId;
use cloakroom::store::PageCursor;
use http::StatusCode;

use super::gate::{Actor, Viewer};
use crate::accounts::UserId;
use crate::installation::{
    EndReason, FoundSessions, InstallationError, ListedSession, SessionFilter, SessionSearch,
};
use crate::pages::{
    FilterWords, Instant, Language, OneSessionPage, Owner, SESSIONS_PATH, SESSIONS_ROWS, Section, SessionRow,
    SessionsNotice, SessionsPage,
};
use crate::routes::account;
use crate::routes::gateway::{Gateway, html};
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;
use crate::web::Fields;

/// How many events of a user are looked through for those of one session.
const EVENTS_MAX: usize = 200;

/// The routes of this part.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route(SESSIONS_PATH, get(list))
        .route("/_cloakroom/admin/sessions/end", post(end))
        .route("/_cloakroom/admin/sessions/{id}", get(one))
}

/// `GET /_cloakroom/admin/sessions`
async fn list(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Query(query): Query,
) -> Result<Response, Problem> {
    let words = words_of(&query);
    let after = query.first("after").and_then(|after| URL_SAFE_NO_PAD.decode(after).ok());
    let after = after.map(|octets| PageCursor::from_octets(&octets));
    let notice = query.first("notice").and_then(SessionsNotice::from_word);
    let installation = &gateway.installation;
    let (found, is_looked_for, notice) = match meant(&gateway, &words).await? {
        Ok((_, search)) => {
            let found = installation.find_sessions(&search, after.as_ref(), SESSIONS_ROWS).await?;
            (found, search.is_looked_for(), notice)
        }
        Err(wrong) => (FoundSessions { sessions: Vec::new(), next: None, looked_at: 0 }, false, Some(wrong)),
    };
    let mut sessions = Vec::with_capacity(found.sessions.len());
    for listed in &found.sessions {
        sessions.push(row(&gateway, language, listed, viewer.0.id).await?);
    }
    let next = found.next.map(|next| {
        let after = URL_SAFE_NO_PAD.encode(next.as_octets());
        format!("{SESSIONS_PATH}{}", words.query(&[("after", &after)]))
    });
    let page = SessionsPage {
        frame: viewer.frame(Section::Sessions),
        sessions,
        filter: words,
        apps: gateway.apps.iter().filter(|app| !app.is_here).map(|app| app.app.name.as_str()).collect(),
        looked_at: Some(found.looked_at).filter(|_| is_looked_for),
        next,
        notice,
        token: viewer.0.form_token().await?,
    };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// `POST /_cloakroom/admin/sessions/end`
async fn end(
    State(gateway): State<Gateway>,
    actor: Actor,
    OwnForm(posted): OwnForm,
) -> Result<Response, Problem> {
    let words = words_of(&posted);
    let back = |notice: SessionsNotice| {
        Ok(see_other(&format!("{SESSIONS_PATH}{}", words.query(&[("notice", notice.word())]))))
    };
    // One's own ends by signing out.
    let marked = posted.all("session").filter_map(|id| id.parse::<SessionId>().ok());
    let marked: Vec<SessionId> = marked.filter(|id| *id != actor.0.id).collect();
    if marked.is_empty() {
        return back(SessionsNotice::NothingMarked);
    }
    let Some(reason) = reason_of(&posted) else { return back(SessionsNotice::NoReason) };
    gateway.installation.end_sessions(&marked, &reason).await?;
    back(SessionsNotice::Ended)
}

/// `GET /_cloakroom/admin/sessions/{id}`
async fn one(
    State(gateway): State<Gateway>,
    viewer: Viewer,
    language: Language,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let not_found = || Problem::Status(StatusCode::NOT_FOUND);
    let id: SessionId = id.parse().map_err(|_| not_found())?;
    let listed = match gateway.installation.session(id).await {
        Ok(listed) => listed,
        Err(InstallationError::NoSuchSession(_)) => return Err(not_found()),
        Err(error) => return Err(error.into()),
    };
    let subject = listed.info.authentication.as_ref().map(|proof| proof.subject.as_str());
    let subject = subject.and_then(|subject| subject.parse::<UserId>().ok());
    let mut events = match subject {
        Some(subject) => gateway.installation.events_of(subject, None, EVENTS_MAX).await?,
        None => Vec::new(),
    };
    let id = id.to_string();
    events.retain(|event| event.session.as_ref() == Some(&id));
    let page = OneSessionPage {
        frame: viewer.frame(Section::Sessions),
        session: row(&gateway, language, &listed, viewer.0.id).await?,
        expires: Instant { at: listed.info.expires_at, now: gateway.installation.now() },
        events: &events,
        token: viewer.0.form_token().await?,
    };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// What a query or a form says of the sessions that are looked for.
pub(super) fn words_of(fields: &Fields) -> FilterWords {
    let word = |name| {
        let word = fields.first(name).map(str::trim).filter(|word| !word.is_empty())?;
        Some((name, word.to_owned()))
    };
    FilterWords(SessionFilter::FIELDS.into_iter().filter_map(word).collect())
}

/// What the words mean now, or what is wrong with them.
pub(super) async fn meant(
    gateway: &Gateway,
    words: &FilterWords,
) -> Result<Result<(SessionFilter, SessionSearch), SessionsNotice>, Problem> {
    let word = |name| words.0.iter().find(|(field, _)| *field == name).map(|(_, word)| word.as_str());
    let filter = match SessionFilter::parse(word) {
        Ok(filter) => filter,
        Err(wrong) => return Ok(Err(SessionsNotice::of_field(wrong.field))),
    };
    let audience = match &filter.app {
        Some(app) => match gateway.apps.audience_of(app) {
            Some(audience) => Some(audience),
            None => return Ok(Err(SessionsNotice::WrongApp)),
        },
        None => None,
    };
    match gateway.installation.search_of(&filter, audience).await {
        Ok(search) => Ok(Ok((filter, search))),
        Err(InstallationError::NoSuchUser(_)) => Ok(Err(SessionsNotice::WrongUser)),
        Err(error) => Err(error.into()),
    }
}

/// Why something is to be done, as a form says it.
pub(super) fn reason_of(fields: &Fields) -> Option<EndReason> {
    fields.one("reason").ok()?.parse().ok()
}

async fn row<'a>(
    gateway: &'a Gateway,
    language: Language,
    listed: &'a ListedSession,
    this: SessionId,
) -> Result<SessionRow<'a>, Problem> {
    let owner = match (&listed.user, &listed.info.authentication) {
        (Some(name), _) => Owner::User(name.as_typed().to_owned()),
        (None, Some(_)) => Owner::Gone,
        (None, None) => Owner::Visitor,
    };
    Ok(SessionRow {
        card: account::card(gateway, language, &listed.info, this).await?,
        owner,
        apps: gateway.apps.seeing(&listed.info.audiences).collect(),
    })
}
