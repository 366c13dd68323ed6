//! Asks a hook, within bounds of time, size and number.

use std::time::Duration;

use cloakroom::Timestamp;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, StatusCode};
use ring::hmac;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::config::{HookSettings, Newcomers};
use crate::hook::answer::person;
use crate::hook::question::{Question, signature};
use crate::oidc::{Endpoint, Flaw, HttpClient, HttpError, Person};

/// How many questions are under way at a time. What comes beyond them is told that it cannot be asked now.
const AT_ONCE: usize = 32;

/// A hook.
#[derive(Debug)]
pub(crate) struct Hook {
    /// Whether somebody who comes for the first time gets an account.
    pub(crate) newcomers: Newcomers,
    endpoint: Endpoint,
    key: hmac::Key,
    timeout: Duration,
    http: HttpClient,
    turns: Semaphore,
}

/// What a hook says.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The password is right, and this is whose it is.
    Right(Box<Person>),
    /// It is not.
    Wrong,
}

/// A hook says neither yes nor no.
#[derive(Debug, Error)]
pub(crate) enum HookError {
    /// It gave no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Its answer is none.
    #[error("it answered {0}")]
    Status(StatusCode),
    /// It vouches for nobody in particular.
    #[error("its answer does not say who it is")]
    Flaw(#[from] Flaw),
    /// Too many are asking.
    #[error("{AT_ONCE} questions are under way")]
    Busy,
}

impl Hook {
    /// The hook of these settings.
    pub(crate) fn new(settings: &HookSettings) -> Self {
        let endpoint = Endpoint::parse(settings.url.as_str(), &settings.url);
        Self {
            newcomers: settings.newcomers,
            endpoint: endpoint.expect("an address that was read is over TLS, or on this machine"),
            key: hmac::Key::new(hmac::HMAC_SHA256, settings.key.expose().as_bytes()),
            timeout: settings.timeout,
            http: HttpClient::new(&settings.authorities),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// Asks whether a password is right.
    ///
    /// # Errors
    /// [`HookError`] for whatever is not plainly yes or no, a redirect among them.
    pub(crate) async fn ask(&self, question: &Question<'_>, now: Timestamp) -> Result<Asked, HookError> {
        let _turn = self.turns.try_acquire().map_err(|_| HookError::Busy)?;
        let body = question.body().ok_or(HookError::Flaw(Flaw::NotAnObject))?;
        let (seconds, signature) = signature(&self.key, now, &body);
        let request = Request::post(self.endpoint.target())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("cloakroom-timestamp", seconds)
            .header("cloakroom-signature", signature);
        let answer = self.http.send_within(self.timeout, &self.endpoint, request, body).await?;
        match answer.status {
            StatusCode::OK => Ok(Asked::Right(Box::new(person(&answer.body, question.name)?))),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(Asked::Wrong),
            status => Err(HookError::Status(status)),
        }
    }
}
