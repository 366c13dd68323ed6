//! Requests to a provider: one connection each, within bounds of time and size, and no redirect is followed.
//!
//! A sign-in costs one or two of them, so that connections need not be kept.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::oidc::Endpoint;
use crate::tls::towards;

/// How long a provider may take for one answer, connecting included. Somebody waits for it.
const WAIT: Duration = Duration::from_secs(5);

/// The largest answer: key sets with certificates and users with hundreds of groups are far below.
const ANSWER_MAX: usize = 256 * 1024;

/// Asks a provider.
#[derive(Clone)]
pub(crate) struct HttpClient {
    tls: TlsConnector,
}

/// What a provider answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// A provider gave no answer that can be used.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Connect(#[source] io::Error),
    /// It took too long.
    #[error("it took longer than {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// It does not speak HTTP.
    #[error("it broke off")]
    Broken(#[source] hyper::Error),
    /// Its answer does not come to an end.
    #[error("its answer is broken off or longer than {ANSWER_MAX} octets")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
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
        Self { tls: TlsConnector::from(Arc::new(towards(authorities))) }
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
        let exchange = self.exchange(endpoint, request, body);
        tokio::time::timeout(wait, exchange).await.unwrap_or(Err(HttpError::TimedOut(wait)))
    }

    /// The answer to a GET that succeeded.
    pub(super) async fn get(&self, endpoint: &Endpoint) -> Result<Bytes, HttpError> {
        let answer = self.send(endpoint, Request::get(endpoint.target()), Bytes::new()).await?;
        if answer.status == StatusCode::OK { Ok(answer.body) } else { Err(HttpError::Status(answer.status)) }
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Answer, HttpError> {
        let invalid = |error: http::Error| HttpError::Connect(io::Error::other(error));
        let request = request
            .header(HOST, endpoint.authority())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static("cloakroom"))
            .body(Full::new(body))
            .map_err(invalid)?;
        let stream =
            TcpStream::connect((endpoint.host(), endpoint.port())).await.map_err(HttpError::Connect)?;
        stream.set_nodelay(true).map_err(HttpError::Connect)?;
        if !endpoint.is_tls() {
            return talk(stream, request).await;
        }
        let name = ServerName::try_from(endpoint.host().to_owned());
        let name = name.map_err(|error| HttpError::Connect(io::Error::other(error)))?;
        talk(self.tls.connect(name, stream).await.map_err(HttpError::Connect)?, request).await
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, HttpError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(HttpError::Broken)?;
    // It ends with this set, whatever the provider does.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(HttpError::Broken)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await.map_err(HttpError::Body)?;
    Ok(Answer { status, body: body.to_bytes() })
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpClient")
    }
}
