//! What is known of a provider for a while: its description and its keys.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Timestamp, hours, seconds};
use tokio::sync::Mutex;

use crate::config::IssuerUrl;
use crate::oidc::http::{HttpClient, HttpError};
use crate::oidc::jwks::Keys;
use crate::oidc::metadata::Metadata;
use crate::oidc::{Endpoint, Refused};

/// How long it is used before the provider is asked again. A key that the provider withdraws is believed no longer than this.
const FRESH: Duration = hours(1);

/// How often an unknown key makes us read the keys again: strangers can send names of keys that never were.
const UNKNOWN_KEY_PAUSE: Duration = seconds(60);

/// For how long a provider that did not answer is not asked again.
const FAILURE_PAUSE: Duration = seconds(3);

/// What brings a token here. Each has a bound of its own, so that strangers, who can post logout tokens, do not use up that of
/// sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The provider itself has just sent it to us.
    SignIn,
    /// Somebody posts it.
    Logout,
}

/// The description and the keys of one provider, read when they are needed.
#[derive(Debug)]
pub(super) struct Known {
    issuer: IssuerUrl,
    http: HttpClient,
    /// Held while the provider is asked, so that it is asked once by all who wait.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    keys: Option<(Arc<Keys>, Timestamp)>,
    failed_at: Option<Timestamp>,
    /// When an unknown key last made us ask: on a sign-in, on a logout.
    asked_again: [Option<Timestamp>; 2],
}

impl Known {
    pub(super) fn new(issuer: IssuerUrl, http: HttpClient) -> Self {
        Self { issuer, http, state: Mutex::default() }
    }

    /// How the provider describes itself.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Refused> {
        const WHAT: &str = "description of the provider";
        let mut state = self.state.lock().await;
        if let Some((metadata, at)) = &state.metadata
            && now < at.after(FRESH)
        {
            return Ok(Arc::clone(metadata));
        }
        state.pause_after_failure(WHAT, now)?;
        let endpoint = Endpoint::discovery(&self.issuer);
        let endpoint = endpoint.ok_or(Refused::Flaw { what: WHAT, flaw: crate::oidc::Flaw::Issuer })?;
        let json = state.noting_failure(self.http.get(&endpoint).await, WHAT, now)?;
        let metadata = Arc::new(Metadata::read(&json, &self.issuer).map_err(Refused::flaw(WHAT))?);
        state.metadata = Some((Arc::clone(&metadata), now));
        Ok(metadata)
    }

    /// The provider's keys, of an hour ago at most.
    pub(super) async fn keys(&self, metadata: &Metadata, now: Timestamp) -> Result<Arc<Keys>, Refused> {
        let mut state = self.state.lock().await;
        if let Some((keys, at)) = &state.keys
            && now < at.after(FRESH)
        {
            return Ok(Arc::clone(keys));
        }
        self.read_keys(&mut state, metadata, now).await
    }

    /// The provider's keys after a token named one that is not among `seen`; `None` when they were asked for too recently.
    pub(super) async fn newer_keys(
        &self,
        metadata: &Metadata,
        seen: &Arc<Keys>,
        occasion: Occasion,
        now: Timestamp,
    ) -> Result<Option<Arc<Keys>>, Refused> {
        let mut state = self.state.lock().await;
        if let Some((keys, _)) = state.keys.as_ref().filter(|(keys, _)| !Arc::ptr_eq(keys, seen)) {
            return Ok(Some(Arc::clone(keys)));
        }
        let asked = &mut state.asked_again[occasion as usize];
        if asked.is_some_and(|at| now < at.after(UNKNOWN_KEY_PAUSE)) {
            return Ok(None);
        }
        *asked = Some(now);
        self.read_keys(&mut state, metadata, now).await.map(Some)
    }

    async fn read_keys(
        &self,
        state: &mut State,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Arc<Keys>, Refused> {
        const WHAT: &str = "key set of the provider";
        state.pause_after_failure(WHAT, now)?;
        let json = state.noting_failure(self.http.get(&metadata.keys).await, WHAT, now)?;
        let keys = Arc::new(Keys::read(&json).map_err(Refused::flaw(WHAT))?);
        state.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }
}

impl State {
    fn pause_after_failure(&self, what: &'static str, now: Timestamp) -> Result<(), Refused> {
        let recent = self.failed_at.is_some_and(|at| now < at.after(FAILURE_PAUSE));
        if recent { Err(Refused::Http { what, source: HttpError::Lately }) } else { Ok(()) }
    }

    fn noting_failure<T>(
        &mut self,
        answer: Result<T, HttpError>,
        what: &'static str,
        now: Timestamp,
    ) -> Result<T, Refused> {
        self.failed_at = answer.is_err().then_some(now);
        answer.map_err(Refused::http(what))
    }
}
