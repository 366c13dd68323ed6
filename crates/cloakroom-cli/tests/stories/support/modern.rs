//! An application that speaks HTTP/2, in the clear or within TLS, and a client that does.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A certificate of its own making.
pub(crate) struct Certificate {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) pem: String,
    pub(crate) key_pem: String,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    pub(crate) fn of(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
        Self {
            der: certificate.der().clone(),
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// An application that says what it was asked, with a trailer.
pub(crate) struct Modern {
    pub(crate) address: SocketAddr,
    _runtime: Runtime,
}

impl Modern {
    /// One that speaks HTTP/2 without any negotiation, or within TLS whatever of these both can.
    pub(crate) fn start(tls: Option<(&Certificate, &[&[u8]])>) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let tls = tls.map(|(certificate, protocols)| {
            let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der.clone()], certificate.key.clone_key())
                .unwrap();
            config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
            TlsAcceptor::from(Arc::new(config))
        });
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    // How a connection ends is the gateway's business.
                    let _ended = match tls {
                        None => builder.serve_connection(TokioIo::new(stream), service_fn(echo)).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => {
                                builder.serve_connection(TokioIo::new(stream), service_fn(echo)).await
                            }
                            Err(_) => return,
                        },
                    };
                });
            }
        });
        Self { address, _runtime: runtime }
    }
}

async fn echo(
    request: Request<Incoming>,
) -> Result<Response<impl hyper::body::Body<Data = Bytes, Error = Infallible>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::<Bytes>::from);
    let (octets, trailers) = body.map_or_else(
        |error| (error.to_string(), None),
        |body| {
            let trailers = body.trailers().cloned();
            (String::from_utf8_lossy(&body.to_bytes()).into_owned(), trailers)
        },
    );
    let said = format!(
        "{:?} {} {:?}\n{:?}\n{octets}\n{trailers:?}",
        head.version, head.method, head.uri, head.headers
    );
    let mut last = HeaderMap::new();
    last.insert("grpc-status", "0".parse().unwrap());
    last.insert("set-cookie", "planted=1".parse().unwrap());
    let mut response =
        Response::new(Full::new(Bytes::from(said)).with_trailers(std::future::ready(Some(Ok(last)))));
    response.headers_mut().insert("trailer", "grpc-status".parse().unwrap());
    Ok(response)
}

/// What came back by HTTP/2.
pub(crate) struct Http2Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) trailers: Option<HeaderMap>,
}

/// Sends one request by HTTP/2 within TLS.
pub(crate) fn by_http2(
    address: SocketAddr,
    name: &str,
    trusted: &CertificateDer<'static>,
    request: Request<http_body_util::combinators::BoxBody<Bytes, Infallible>>,
) -> Result<Http2Answer, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone())?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from(name.to_owned())?;
    Runtime::new()?.block_on(async move {
        let stream = TcpStream::connect(address).await?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let response = sender.send_request(request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned();
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Ok(Http2Answer { status: head.status.as_u16(), headers: head.headers, body, trailers })
    })
}
