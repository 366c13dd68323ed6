//! The signed-in user that a page is for.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use cloakroom::csrf::CsrfToken;
use cloakroom::{Rejection, Session, SessionId, SignedIn, Subject, Timestamp};
use http::request::Parts;
use http::{HeaderValue, Method};

use crate::accounts::User;
use crate::apps::{AppEntry, Destination};
use crate::events;
use crate::installation::Known;
use crate::pages::FormToken;
use crate::proven::proven_at;
use crate::proxy::{Identity, UserFields};
use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;
use crate::routes::redirect::to_sign_in;

/// A signed-in user, as known a second ago at most. Whoever is not signed in is led to the sign-in page, and from there back.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) session: Session,
    pub(crate) id: SessionId,
    pub(crate) subject: Subject,
    pub(crate) user: Arc<User>,
    /// What applications are told of the user.
    fields: Arc<UserFields>,
    pub(crate) proven_at: Timestamp,
}

impl Member {
    /// Who a session belongs to; `None` when it belongs to nobody who still has an account.
    pub(crate) async fn of(gateway: &Gateway, session: &Session) -> Result<Option<Self>, Problem> {
        let (Some(id), Some(authentication)) = (session.id(), session.authentication()) else {
            return Ok(None);
        };
        let known = gateway.installation.member(&authentication.subject).await?;
        if let Some(Known { user, .. }) = &known {
            events::by(events::Caller::User(Arc::clone(user)));
        }
        Ok(known.map(|Known { user, fields }| Self {
            session: session.clone(),
            id,
            user,
            fields,
            proven_at: proven_at(session, &authentication),
            subject: authentication.subject,
        }))
    }

    /// What an application is told of this user, with a token if it gets one.
    pub(crate) fn identity(&self, gateway: &Gateway, app: &AppEntry) -> Result<Identity, Problem> {
        let session = HeaderValue::try_from(self.id.to_string()).expect("hex digits make a field value");
        Ok(Identity::of(&self.fields, session, self.proven_at, self.token(gateway, app)?))
    }

    /// A token for an application that gets any.
    pub(crate) fn token(&self, gateway: &Gateway, app: &AppEntry) -> Result<Option<HeaderValue>, Problem> {
        match (&gateway.tokens, &app.token_audience) {
            (Some(tokens), Some(audience)) => Ok(tokens.token(&self.session, &self.user, audience)?),
            _ => Ok(None),
        }
    }

    /// What proves the forms of this user's pages. The first of a session is written down in it, so that every instance
    /// knows it.
    pub(super) async fn form_token(&self) -> Result<FormToken, Problem> {
        Ok(FormToken(CsrfToken::of(&self.session).await?.to_string()))
    }
}

impl FromRequestParts<Gateway> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let signed_in = match SignedIn::from_request_parts(parts, gateway).await {
            Ok(signed_in) => signed_in,
            Err(Rejection::SignInRequired) => return Err(to_sign_in(place(parts).as_ref())),
            Err(rejection) => return Err(Problem::from(rejection).into_response()),
        };
        match Self::of(gateway, signed_in.session()).await {
            Ok(Some(member)) => Ok(member),
            Ok(None) => Err(to_sign_in(None)),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

/// Where the visitor wanted to go, if one can go there by a link.
fn place(parts: &Parts) -> Option<Destination> {
    let path = parts.uri.path_and_query()?.as_str();
    Destination::here(path).filter(|_| matches!(parts.method, Method::GET | Method::HEAD))
}
