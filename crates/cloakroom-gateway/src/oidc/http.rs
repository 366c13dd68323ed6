//! Requests to a provider.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use rustls::pki_types::CertificateDer;
use thiserror::Error;

use crate::oidc::Endpoint;
use crate::outgoing::{Client, OutgoingError};

/// How long a provider may take for one answer, connecting included. Somebody waits for it.
const WAIT: Duration = Duration::from_secs(5);

/// Asks a provider.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient(Client);

/// What a provider answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// A provider gave no answer that can be used.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    /// It gave none at all.
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    /// It gave no answer a moment ago, and is not asked again so soon.
    #[error("it gave no answer a moment ago")]
    Lately,
    /// It answered with an error.
    #[error("it answered {0}")]
    Status(StatusCode),
}

impl HttpClient {
    /// A client that believes these authorities; the well-known ones when there are none.
    pub(crate) fn new(authorities: &[CertificateDer<'static>]) -> Self {
        Self(Client::new(authorities))
    }

    /// Sends a request to an endpoint.
    pub(super) async fn send(
        &self,
        endpoint: &Endpoint,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Answer, HttpError> {
        self.send_within(WAIT, endpoint, request, body).await
    }

    /// The same within another time.
    pub(crate) async fn send_within(
        &self,
        wait: Duration,
        endpoint: &Endpoint,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Answer, HttpError> {
        let request = request
            .header(HOST, endpoint.authority())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static("cloakroom"))
            .body(Full::new(body))
            .map_err(|error| OutgoingError::Connect(io::Error::other(error)))?;
        let (head, body) = self.0.exchange(wait, endpoint.place(), request).await?.into_parts();
        Ok(Answer { status: head.status, body })
    }

    /// The answer to a GET that succeeded.
    pub(super) async fn get(&self, endpoint: &Endpoint) -> Result<Bytes, HttpError> {
        let answer = self.send(endpoint, Request::get(endpoint.target()), Bytes::new()).await?;
        if answer.status == StatusCode::OK { Ok(answer.body) } else { Err(HttpError::Status(answer.status)) }
    }
}
