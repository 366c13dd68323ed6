//! What a browser may do with its own session.

use axum::extract::FromRequestParts;
use axum::response::Response;
use cloakroom::{Error, SignOut};
use http::StatusCode;

use crate::api::call::Call;
use crate::api::operation::{Answer, Describe, Json};
use crate::api::problem::ApiProblem;
use crate::api::shapes::{Ended, Id, OwnSession, SessionPage, SessionSummary};
use crate::config::Scheme;
use crate::web::headers::{CLEAR_SITE_DATA, CLEARED};

/// `GET session`
pub(super) async fn show(call: Call) -> Result<Json<OwnSession>, ApiProblem> {
    let member = call.member()?;
    let own = OwnSession::of(&member.session, &member.user);
    own.map(Json).ok_or_else(|| ApiProblem::session_required(call.place.login_url(&call.gateway)))
}

/// `POST session/extend`: that the session was looked up is the activity.
pub(super) async fn extend(call: Call) -> Result<Json<OwnSession>, ApiProblem> {
    show(call).await
}

/// `DELETE session`
///
/// While the store is down the cookie goes all the same, and the answer says that the session may live on.
pub(super) async fn sign_out(mut call: Call) -> Result<SignedOut, ApiProblem> {
    match SignOut::from_request_parts(&mut call.parts, &()).await?.finish().await {
        // Somebody else ended it first: signed out is signed out.
        Ok(()) | Err(Error::Gone) => Ok(SignedOut { scheme: call.place.scheme(&call.gateway) }),
        Err(error) => Err(error.into()),
    }
}

/// Nobody is signed in any more, and what scripts have kept goes too.
pub(super) struct SignedOut {
    scheme: Scheme,
}

impl Answer for SignedOut {
    fn described() -> (StatusCode, Option<Describe>) {
        (StatusCode::NO_CONTENT, None)
    }

    fn into_response(self) -> Response {
        let mut response = Answer::into_response(());
        if self.scheme == Scheme::Https {
            response.headers_mut().insert(CLEAR_SITE_DATA, CLEARED);
        }
        response
    }
}

/// `GET sessions`
pub(super) async fn list(call: Call) -> Result<Json<SessionPage>, ApiProblem> {
    let (member, page) = (call.member()?, call.page()?);
    let infos = call.gateway.installation.sessions().list(&member.subject).await.map_err(ApiProblem::from)?;
    let summary =
        |info| SessionSummary::of(info, Some(&member.user.name), info.id == member.id, &call.gateway.apps);
    Ok(Json(SessionPage::of(infos.iter().map(summary).collect(), &page)))
}

/// `DELETE sessions`
pub(super) async fn end_others(call: Call) -> Result<Json<Ended>, ApiProblem> {
    let member = call.member()?;
    let ended = call.gateway.installation.sessions().sign_out_others(&member.session).await?;
    Ok(Json(Ended { ended: ended as u64 }))
}

/// `DELETE sessions/{id}` by the cookie: of one's own sessions. Another user's is as unknown as none.
pub(super) async fn end(call: &Call, id: cloakroom::SessionId) -> Result<bool, ApiProblem> {
    let member = call.member()?;
    if id == member.id {
        member.session.sign_out().await?;
        return Ok(true);
    }
    let sessions = call.gateway.installation.sessions();
    let owner = sessions.find(id).await?.and_then(|info| info.authentication).map(|proof| proof.subject);
    Ok(owner.as_ref() == Some(&member.subject) && sessions.revoke(id).await?)
}

impl SessionPage {
    /// One page of a whole list.
    pub(super) fn of(mut sessions: Vec<SessionSummary>, page: &crate::api::page::Page) -> Self {
        let key = |session: &SessionSummary| {
            let Id(id) = session.id;
            id.to_string()
        };
        sessions.sort_by_key(key);
        sessions.retain(|session| page.after.as_ref().is_none_or(|after| key(session) > *after));
        let next = page.cut(&mut sessions, key);
        Self { sessions, next }
    }
}
