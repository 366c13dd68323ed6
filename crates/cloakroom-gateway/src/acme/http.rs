//! How requests get to an ACME server.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};

use crate::outgoing::{self, Place};

/// How long one answer may take, connecting included.
const WAIT: Duration = Duration::from_secs(30);

/// Speaks to an ACME server, by TLS alone.
#[derive(Clone)]
pub(super) struct Client(pub(super) outgoing::Client);

impl Client {
    async fn exchange(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let (mut head, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(never) => match never {},
        };
        let uri = std::mem::take(&mut head.uri);
        let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTPS));
        let Some(authority) = authority else {
            return Err(other(io::Error::other("an ACME server is reached by https alone")));
        };
        head.uri = Uri::from(uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
        head.headers.insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(other)?);
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let place = Place { host, port: authority.port_u16().unwrap_or(443), tls: true };
        let answer = self.0.exchange(WAIT, place, Request::from_parts(head, Full::new(body))).await;
        Ok(BytesResponse::from(answer.map_err(other)?.map(Full::new)))
    }
}

fn other(error: impl StdError + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(self.clone().exchange(request))
    }
}
