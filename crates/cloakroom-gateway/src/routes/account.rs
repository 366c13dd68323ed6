//! One's own sessions.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use cloakroom::{Method, SessionId, SessionInfo};
use http::StatusCode;

use crate::accounts::{DisplayName, Email};
use crate::pages::{AccountPage, Done, Instant, Language, SessionCard, SignedInBy};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::own_events;
use crate::routes::posted::OwnForm;
use crate::routes::problem::Problem;
use crate::routes::redirect::see_other;
use crate::web::UserAgent;

/// `GET /_cloakroom/account`
pub(super) async fn show(
    State(gateway): State<Gateway>,
    member: Member,
    language: Language,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut infos = gateway.installation.sessions().list(&member.subject).await?;
    infos.sort_by_key(|info| (info.id != member.id, std::cmp::Reverse(info.last_seen_at)));
    let mut sessions = Vec::with_capacity(infos.len());
    for info in &infos {
        sessions.push(card(&gateway, language, info, member.id).await?);
    }
    let profile = &member.user.profile;
    let page = AccountPage {
        user: member.user.name.as_typed(),
        display_name: profile.display_name.as_ref().map(DisplayName::as_str),
        email: profile.email.as_ref().map(Email::as_str),
        sessions,
        events: own_events::latest(&gateway, language, &member.user).await?,
        token: member.form_token().await?,
        has_password: member.user.has_password,
        may_administer: member.user.role.may_look(),
        done: query.as_deref().and_then(Done::from_query),
    };
    Ok(html(page.render(gateway.site(language))).into_response())
}

/// `POST /_cloakroom/account/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(gateway): State<Gateway>,
    member: Member,
    Path(id): Path<String>,
    OwnForm(_): OwnForm,
) -> Result<Response, Problem> {
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
            Ok(back(Done::Ended))
        }
        // A card of a page that is no longer fresh: what was asked for is so.
        None => Ok(back(Done::Ended)),
    }
}

/// `POST /_cloakroom/account/sessions/revoke-others`
pub(super) async fn revoke_others(
    State(gateway): State<Gateway>,
    member: Member,
    OwnForm(_): OwnForm,
) -> Result<Response, Problem> {
    gateway.installation.sessions().sign_out_others(&member.session).await?;
    Ok(back(Done::EndedOthers))
}

fn back(done: Done) -> Response {
    see_other(&format!("/_cloakroom/account?{}", done.query()))
}

pub(super) async fn card(
    gateway: &Gateway,
    language: Language,
    info: &SessionInfo,
    this: SessionId,
) -> Result<SessionCard, Problem> {
    let now = gateway.installation.now();
    Ok(SessionCard {
        id: info.id.to_string(),
        agent: info.agent.as_deref().map_or(UserAgent::unknown(), UserAgent::parse),
        address: info.address,
        place: info.address.and_then(|address| gateway.places.name(address, language.tag())),
        created: Instant { at: info.created_at, now },
        last_seen: Instant { at: if info.id == this { now } else { info.last_seen_at }, now },
        by: signed_in_by(gateway, info).await?,
        is_this_one: info.id == this,
    })
}

/// How a session was signed in; by which provider, where one vouched for its user.
async fn signed_in_by(gateway: &Gateway, info: &SessionInfo) -> Result<Option<SignedInBy>, Problem> {
    let Some(method) = info.authentication.as_ref().map(|authentication| authentication.method) else {
        return Ok(None);
    };
    // An old proof at a provider counts as a browser that is remembered.
    if matches!(method, Method::Federated | Method::Remembered) && gateway.providers.iter().next().is_some() {
        let issuer = gateway.installation.accounts().issuer_of(info.id).await?;
        if let Some(provider) = issuer.and_then(|issuer| gateway.providers.of_issuer(&issuer)) {
            return Ok(Some(SignedInBy::Provider(provider.config.title.clone())));
        }
    }
    Ok(Some(SignedInBy::Method(method)))
}
