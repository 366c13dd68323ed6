//! Extractors: how a handler says what it needs.

use std::ops::Deref;
use std::sync::Arc;

use axum_core::extract::FromRequestParts;
use cloakroom_core::{Authentication, Client, SecretDigest, SessionId, Subject};
use http::header::USER_AGENT;
use http::request::Parts;

use crate::admission::{admit_now, admit_on, presented};
use crate::client::{self, ClientAddress, TlsFingerprint};
use crate::doomed::Doom;
use crate::engine::ClientRecording;
use crate::error::{Error, Rejection};
use crate::remember::Claim;
use crate::session::Session;
use crate::visit::Visit;

/// A handler that takes a [`Session`] gets one for every request: of a user, of a visitor, or an empty one that begins
/// with the first slot that is written. A store that is down is [`Rejection::Failed`], never a visitor; a public page that
/// wants to be served all the same takes `Result<Session, Rejection>`.
impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let visit = parts.extensions.get::<Arc<Visit>>().ok_or(Rejection::LayerMissing)?;
        arrive(Arc::clone(visit), parts.extensions.get().copied(), parts).await
    }
}

/// The session of a request, which is looked up by the first who asks.
pub(crate) async fn arrive(
    visit: Arc<Visit>,
    address: Option<ClientAddress>,
    parts: &Parts,
) -> Result<Session, Rejection> {
    if !visit.has_begun() {
        if visit.engine.client_recording == ClientRecording::AddressAndAgent {
            visit.record_client(client_of(address, parts));
        }
        if let Some(waiting) = admit_now(&visit, &parts.headers)? {
            visit.begin(Box::pin(admit_on(&visit.engine, waiting)).await?);
        }
        if let Some(bound) = &visit.engine.binding {
            let session = Session(Arc::clone(&visit));
            Box::pin(client::check(&session, bound)).await?;
        }
    }
    if let Some(remembering) = &visit.engine.remember
        && visit.engine.rules.audience.is_none()
    {
        remembering.arrive(&visit, &parts.headers).await?;
    }
    if let Some(moving) = visit.engine.moving.as_ref().filter(|_| visit.engine.rules.audience.is_none()) {
        Box::pin(moving.arrive(&visit, &parts.headers)).await?;
    }
    Ok(Session(visit))
}

pub(crate) fn client_of(address: Option<ClientAddress>, parts: &Parts) -> Client {
    let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let client = Client::new(address.map(|address| address.0), agent);
    match parts.extensions.get::<TlsFingerprint>() {
        Some(fingerprint) => client.with_fingerprint(fingerprint.as_str()),
        None => client,
    }
}

/// The session of a signed-in user; a request without one gets 401, and 503 when the store is down.
#[derive(Clone, Debug)]
pub struct SignedIn {
    session: Session,
    authentication: Authentication,
}

impl SignedIn {
    /// Who is signed in.
    pub const fn subject(&self) -> &Subject {
        &self.authentication.subject
    }

    /// Since when, and how that is known, as of the beginning of the request.
    pub const fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}

impl Deref for SignedIn {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        let authentication = session.authentication().ok_or(Rejection::SignInRequired)?;
        Ok(Self { session, authentication })
    }
}

/// The session of a user who has proved recently who they are; otherwise 403, or 401 when nobody is signed in.
///
/// Never for a user who is only [remembered](crate::Method::Remembered). How recently is
/// [`Sessions::reauthentication_window`](crate::Sessions::reauthentication_window). Where the store answers
/// from copies, the session is looked up in the store itself: one that was ended on another node does nothing of weight.
///
/// Source: ASVS 5.0 7.5.1, 7.5.3.
#[derive(Clone, Debug)]
pub struct Reauthenticated(SignedIn);

impl Deref for Reauthenticated {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reauthenticated {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        session.confirm().await?;
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        let engine = &signed_in.session.0.engine;
        let is_recent =
            signed_in.authentication.is_proven_within(engine.reauthentication_window, engine.now());
        if !is_recent || signed_in.has_moved() {
            return Err(Rejection::ReauthenticationRequired);
        }
        Ok(Self(signed_in))
    }
}

/// What a sign-out route takes: it works, as far as it can, when the store is down too.
///
/// ```
/// use cloakroom::{Error, SignOut};
///
/// async fn logout(sign_out: SignOut) -> Result<&'static str, Error> {
///     sign_out.finish().await?;
///     Ok("signed out")
/// }
/// ```
#[derive(Debug)]
pub struct SignOut(Result<Session, SignOutInDoubt>);

/// A sign-out of a session that could not be looked up.
#[derive(Debug)]
struct SignOutInDoubt {
    visit: Arc<Visit>,
    token: Option<(SessionId, SecretDigest)>,
    error: Error,
}

impl SignOut {
    /// Ends the session for good and removes the cookie; a request without a session is fine as it is.
    ///
    /// # Errors
    /// [`Error::Store`] as [`Session::sign_out`] says: the cookie is removed, and this is never reported as a success.
    /// [`Error::Gone`] when somebody else ended it meanwhile.
    pub async fn finish(self) -> Result<(), Error> {
        match self.0 {
            Ok(session) => session.sign_out().await,
            Err(SignOutInDoubt { visit, token, error }) => {
                if let Some((id, digest)) = token {
                    let doom = Doom::claimed(digest, visit.engine.rules.audience);
                    visit.engine.doomed.add(id, doom);
                }
                visit.begin_removal();
                if let Some(remembering) = &visit.engine.remember {
                    remembering.forget_in_doubt(&visit);
                }
                Err(error)
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignOut {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match Session::from_request_parts(parts, state).await {
            Ok(session) => Ok(Self(Ok(session))),
            Err(Rejection::Failed(error)) => {
                let visit = parts.extensions.get::<Arc<Visit>>().ok_or(Rejection::LayerMissing)?;
                let token = presented(&visit.engine, &parts.headers);
                if let Some(remembering) = &visit.engine.remember {
                    visit.claim(|| Claim::of(&parts.headers, remembering.cookie.name()));
                }
                Ok(Self(Err(SignOutInDoubt { visit: Arc::clone(visit), token, error })))
            }
            Err(rejection) => Err(rejection),
        }
    }
}
