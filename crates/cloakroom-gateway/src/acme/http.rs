//! Requests to an ACME server: one connection each, within bounds of time and size, and no redirect is followed.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::tls::towards;

/// How long one answer may take, connecting included.
const WAIT: Duration = Duration::from_secs(30);

/// The largest answer: a certificate with its chain is far below.
const ANSWER_MAX: usize = 256 * 1024;

/// Speaks to an ACME server, by TLS alone.
#[derive(Clone)]
pub(super) struct Client(TlsConnector);

impl Client {
    /// A client that believes these authorities; the well-known ones when there are none.
    pub(super) fn new(authorities: &[CertificateDer<'static>]) -> Self {
        Self(TlsConnector::from(Arc::new(towards(authorities))))
    }

    async fn exchange(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let (mut head, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(never) => match never {},
        };
        let uri = std::mem::take(&mut head.uri);
        let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTPS));
        let Some(authority) = authority else {
            return Err(Error::Other("an ACME server is reached by https alone".into()));
        };
        let (host, port) = (authority.host().to_owned(), authority.port_u16().unwrap_or(443));
        head.uri = Uri::from(uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
        head.headers.insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(other)?);
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(io::Error::other).map_err(other)?;
        let stream = TcpStream::connect((host, port)).await.map_err(other)?;
        let stream = self.0.connect(name, stream).await.map_err(other)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(other)?;
        // It ends with this set, whatever the server does.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let answer = sender.send_request(Request::from_parts(head, Full::new(body))).await.map_err(other)?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect().await.map_err(Error::Other)?.to_bytes();
        Ok(BytesResponse::from(Response::from_parts(head, Full::new(body))))
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let exchange = self.clone().exchange(request);
        Box::pin(async move {
            let answer = timeout(WAIT, exchange).await;
            answer.unwrap_or_else(|_| Err(other(io::Error::from(io::ErrorKind::TimedOut))))
        })
    }
}
