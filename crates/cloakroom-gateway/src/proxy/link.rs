//! Connections to an application: in the clear or by TLS, within a limit of time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::Service;

use crate::config::{Upstream, UpstreamProtocol, UpstreamTerms};
use crate::tls::towards;

/// How long a connection may be silent before the system asks whether the other side is still there.
const ALIVE: Duration = Duration::from_mins(1);

/// Makes connections to one application, whatever address it is asked for.
#[derive(Clone)]
pub(super) struct Linker {
    http: HttpConnector,
    tls: Option<TlsConnector>,
    upstream: Arc<Upstream>,
    limit: Duration,
}

/// A connection to an application.
pub(super) struct Link {
    stream: Stream,
    use_of: Use,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Whether an answer has come by a connection before.
#[derive(Clone, Debug, Default)]
pub(super) struct Use(Arc<AtomicBool>);

impl Use {
    /// One has.
    pub(super) fn answered(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_answered(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is spoken within TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    /// What both prefer.
    Best,
    /// HTTP/1.1, which a connection can leave for something else.
    Http1,
}

impl Linker {
    pub(super) fn new(upstream: &Upstream, terms: &UpstreamTerms, spoken: Spoken) -> Self {
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        http.set_keepalive(Some(ALIVE));
        let tls = (upstream.protocol() == UpstreamProtocol::Tls).then(|| tls(&terms.authorities, spoken));
        Self { http, tls, upstream: Arc::new(upstream.clone()), limit: terms.connect_timeout }
    }

    async fn link(mut self) -> io::Result<Link> {
        let (host, port) = (self.upstream.host(), self.upstream.port());
        let address: Uri = format!("http://{host}:{port}").parse().map_err(io::Error::other)?;
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls, limit) = (self.tls.take(), self.limit);
        let linking = async move {
            let stream = self.http.call(address).await.map_err(io::Error::other)?.into_inner();
            let stream = match tls {
                None => Stream::Plain(stream),
                Some(tls) => {
                    let name = ServerName::try_from(name).map_err(io::Error::other)?;
                    Stream::Tls(Box::new(tls.connect(name, stream).await?))
                }
            };
            Ok(Link { stream, use_of: Use::default() })
        };
        tokio::time::timeout(limit, linking).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

fn tls(authorities: &[CertificateDer<'static>], spoken: Spoken) -> TlsConnector {
    let mut config = towards(authorities);
    config.alpn_protocols = match spoken {
        Spoken::Best => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        Spoken::Http1 => vec![b"http/1.1".to_vec()],
    };
    TlsConnector::from(Arc::new(config))
}

impl Service<Uri> for Linker {
    type Response = TokioIo<Link>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Link>>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.http.poll_ready(cx).map_err(io::Error::other)
    }

    /// The address is that of the connector, never that of a request.
    fn call(&mut self, _: Uri) -> Self::Future {
        let linking = self.clone().link();
        Box::pin(async move { linking.await.map(TokioIo::new) })
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.use_of.clone());
        match &self.stream {
            Stream::Tls(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                connected.negotiated_h2()
            }
            _ => connected,
        }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, octets),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, octets),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
