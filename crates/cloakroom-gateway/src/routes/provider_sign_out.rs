//! Sign-outs between us and a provider: those that it tells us of, and those that it is told of by the browser.

use std::error::Error;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloakroom::{SessionId, Timestamp, minutes};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::accounts::Note;
use crate::events::{Actor, Caller, EventKind, by};
use crate::installation::{Installation, InstallationError};
use crate::oidc::{Logout, Provider};
use crate::pages::{Language, SignedOutHerePage};
use crate::routes::gateway::{Gateway, html};
use crate::routes::posted::Posted;

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// `POST /_cloakroom/oidc/backchannel-logout`, which the provider itself sends.
///
/// Answers 200 when the sessions are ended, and 400 whenever they are not.
///
/// Source: OIDC Back-Channel Logout 1.0, 2.5 to 2.8.
pub(super) async fn submit(State(gateway): State<Gateway>, posted: Posted) -> Response {
    let refused = |provider: Option<&str>, why: &(dyn Error + 'static), code| {
        let provider = provider.map(|name| format!("provider {name}: ")).unwrap_or_default();
        let event = gateway.installation.event(EventKind::ProviderSignOutRefused).because(code);
        gateway.installation.record(event.detail(format_args!("{provider}{}", in_full(why))));
        answer(StatusCode::BAD_REQUEST, Body::from(format!(r#"{{"error":"{code}"}}"#)))
    };
    let token = match posted.0.one("logout_token") {
        Ok(token) => token,
        Err(error) => return refused(None, &error, "invalid_request"),
    };
    let Some(provider) = gateway.providers.claimed_by(token) else {
        return refused(None, &NoSuchIssuer, "invalid_request");
    };
    let name = Some(provider.config.name.as_str());
    let logout = match provider.logout(token, gateway.installation.now()).await {
        Ok(logout) => logout,
        Err(error) => return refused(name, &error, "invalid_request"),
    };
    by(Caller::Other(Actor::Provider(provider.config.name.as_str().into())));
    match follow(&gateway.installation, provider, &logout).await {
        Ok(Some(ended)) => {
            let event = gateway.installation.event(EventKind::ProviderSignedOut);
            gateway.installation.record(event.detail(format_args!("{ended} ended")));
            answer(StatusCode::OK, Body::empty())
        }
        Ok(None) => refused(name, &UsedBefore, "invalid_request"),
        Err(error) => refused(name, &error, "temporarily_unavailable"),
    }
}

/// Ends what the provider has ended; returns how many sessions, or `None` when this was told before.
///
/// It is noted down before anything is looked for: a sign-in that is under way finds the note, or its session is found here. That the
/// token is used up is noted last, so that the provider can send it again when something failed.
async fn follow(
    installation: &Installation,
    provider: &Provider,
    logout: &Logout,
) -> Result<Option<usize>, InstallationError> {
    let (accounts, now) = (installation.accounts(), installation.now());
    let issuer = provider.config.issuer.as_str();
    let followed = Note::LogoutToken(issuer, &logout.token_id);
    if accounts.is_noted_since(followed, Timestamp::EPOCH).await? {
        return Ok(None);
    }
    // As long as a flow may be under way.
    let until = now.after(minutes(20));
    let ended = match (&logout.sid, &logout.subject) {
        (Some(sid), identity) => {
            accounts.note(Note::EndedSid(issuer, sid), now, until).await?;
            let mut sessions = accounts.sessions_of_sid(issuer, sid).await?;
            if let Some(identity) = identity {
                // Some providers name sessions when they end them and not when they begin: it may be any of these.
                accounts.note(Note::EndedOneOf(issuer, identity.subject()), now, until).await?;
                sessions.extend(accounts.sessions_without_sid(identity).await?);
            }
            let mut ended = 0;
            for session in sessions {
                ended += usize::from(installation.sessions().revoke(session).await?);
                accounts.forget_session(session).await?;
            }
            ended
        }
        (None, Some(identity)) => {
            accounts.note(Note::EndedSubject(issuer, identity.subject()), now, until).await?;
            match accounts.user_of(identity).await? {
                // All of them, those of a password too: whoever ends a user's sessions wants them ended.
                Some(user) => installation.sessions().revoke_subject(&user.subject()).await?,
                None => 0,
            }
        }
        (None, None) => 0,
    };
    let first = accounts.note_once(followed, now, logout.expires_at.after(minutes(2))).await?;
    Ok(first.then_some(ended))
}

/// The provider that a session came from. While the accounts are down there is none: a sign-out has to work.
pub(super) async fn provider_of(gateway: &Gateway, session: SessionId) -> Option<&Provider> {
    gateway.providers.iter().next()?;
    match gateway.installation.accounts().issuer_of(session).await {
        Ok(issuer) => gateway.providers.of_issuer(&issuer?).map(|provider| &**provider),
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "the provider of a session is not known");
            None
        }
    }
}

/// What follows the end of a session that came from a provider: the page that leads the browser on to end its session there too, if
/// that is wanted and possible.
///
/// By a field and not by a redirect, which browsers would hold against the policy of the page whose form it follows.
pub(super) async fn lead_on(
    gateway: &Gateway,
    provider: &Provider,
    ended: SessionId,
    language: Language,
) -> Option<Response> {
    // What stays is forgotten at the user's next sign-in.
    let _forgotten = gateway.installation.accounts().forget_session(ended).await;
    let url = provider.sign_out_url(gateway.installation.now()).await?;
    let refresh = HeaderValue::try_from(format!("0; url={url}")).ok()?;
    let page = SignedOutHerePage { provider: &provider.config.title, url: &url };
    let mut response = html(page.render(gateway.site(language))).into_response();
    response.headers_mut().insert(REFRESH, refresh);
    Some(response)
}

/// An error with what it came of.
fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn answer(status: StatusCode, body: Body) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[derive(Debug, thiserror::Error)]
#[error("the token is of no provider of ours")]
struct NoSuchIssuer;

#[derive(Debug, thiserror::Error)]
#[error("the token has been used before")]
struct UsedBefore;
