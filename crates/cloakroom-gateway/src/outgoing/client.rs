//! One connection for each request, within bounds of time and size; no redirect is followed.
//!
//! A sign-in costs one or two of them, and a certificate a handful a month, so that connections need not be kept.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::outgoing::OutgoingError;
use crate::tls::towards;

/// The largest answer: key sets, users with hundreds of groups and chains of certificates are far below.
const ANSWER_MAX: usize = 256 * 1024;

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Client {
    tls: TlsConnector,
}

/// Where a server is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Its name or address, without the brackets of an address of IPv6.
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// Whether it is reached by TLS.
    pub(crate) tls: bool,
}

impl Client {
    /// A client that believes these authorities; the well-known ones when there are none.
    pub(crate) fn new(authorities: &[CertificateDer<'static>]) -> Self {
        Self { tls: TlsConnector::from(Arc::new(towards(authorities))) }
    }

    /// Sends a request, whose target and `Host` are made already, and waits for the whole answer.
    ///
    /// # Errors
    /// [`OutgoingError`], after this time at the latest, connecting included.
    pub(crate) async fn exchange(
        &self,
        wait: Duration,
        place: Place<'_>,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, OutgoingError> {
        let answer = timeout(wait, self.exchange_at_leisure(place, request)).await;
        answer.unwrap_or(Err(OutgoingError::TimedOut(wait)))
    }

    async fn exchange_at_leisure(
        &self,
        place: Place<'_>,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, OutgoingError> {
        let stream = TcpStream::connect((place.host, place.port)).await.map_err(OutgoingError::Connect)?;
        stream.set_nodelay(true).map_err(OutgoingError::Connect)?;
        if !place.tls {
            return talk(stream, request).await;
        }
        let name = ServerName::try_from(place.host.to_owned());
        let name = name.map_err(|error| OutgoingError::Connect(io::Error::other(error)))?;
        talk(self.tls.connect(name, stream).await.map_err(OutgoingError::Connect)?, request).await
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, OutgoingError> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(OutgoingError::Broken)?;
    // It ends with this set, whatever the server does.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(OutgoingError::Broken)?.into_parts();
    let body = Limited::new(body, ANSWER_MAX).collect().await;
    let body = body.map_err(|source| OutgoingError::Body { max: ANSWER_MAX, source })?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}
