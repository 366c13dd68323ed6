//! One's own sessions.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use cloakroom::{SessionId, SessionInfo, Timestamp};
use http::StatusCode;

use crate::pages::{AccountPage, Instant, SessionCard};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::posted::Posted;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;
use crate::web::UserAgent;

/// `GET /_cloakroom/account`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut infos = gateway.installation.sessions().list(&member.subject).await?;
    infos.sort_by_key(|info| (info.id != member.id, std::cmp::Reverse(info.last_seen_at)));
    let now = gateway.installation.now();
    let page = AccountPage {
        user: member.user.name.as_typed(),
        sessions: infos.iter().map(|info| card(info, member.id, now)).collect(),
        token: member.form_token().await?,
        has_password: member.user.has_password,
        done: query.as_deref().and_then(done),
    };
    Ok(html(page.render(&gateway.site)).into_response())
}

/// `POST /_cloakroom/account/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(gateway): State<Gateway>,
    member: Member,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.check(&member.session).await?;
    let id: SessionId = id.parse().map_err(|_| Problem::Status(StatusCode::NOT_FOUND))?;
    if id == member.id {
        member.session.sign_out().await?;
        return Ok(see_other("/_cloakroom/logout"));
    }
    let sessions = gateway.installation.sessions();
    let found = sessions.find(id).await?.and_then(|info| info.authentication);
    match found {
        // Another user's session is as unknown as none: its ID proves nothing.
        Some(authentication) if authentication.subject != member.subject => Err(StatusCode::NOT_FOUND.into()),
        Some(_) => {
            sessions.revoke(id).await?;
            Ok(see_other("/_cloakroom/account?ended"))
        }
        // A card of a page that is no longer fresh: what was asked for is so.
        None => Ok(see_other("/_cloakroom/account?ended")),
    }
}

/// `POST /_cloakroom/account/sessions/revoke-others`
pub(super) async fn revoke_others(
    State(gateway): State<Gateway>,
    member: Member,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.check(&member.session).await?;
    gateway.installation.sessions().sign_out_others(&member.session).await?;
    Ok(see_other("/_cloakroom/account?ended_others"))
}

/// What the page says has just been done; fixed words only, since anybody can write a link.
fn done(query: &str) -> Option<&'static str> {
    match query {
        "ended" => Some("The session is ended."),
        "ended_others" => Some("All your other sessions are ended."),
        "password" => Some("Your password is changed, and all your other sessions are ended."),
        _ => None,
    }
}

fn card(info: &SessionInfo, this: SessionId, now: Timestamp) -> SessionCard {
    SessionCard {
        id: info.id.to_string(),
        agent: info.agent.as_deref().map_or(UserAgent::unknown(), UserAgent::parse),
        address: info.address,
        created: Instant { at: info.created_at, now },
        last_seen: Instant { at: if info.id == this { now } else { info.last_seen_at }, now },
        is_this_one: info.id == this,
    }
}
