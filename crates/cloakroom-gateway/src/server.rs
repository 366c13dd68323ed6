//! The listener: connections, their limits, and an end that lets requests finish.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::peer::Peer;
use crate::routes::Current;

/// How long a client may take to send the head of a request; a slow one would hold a connection for nothing.
const HEAD_WAIT: Duration = Duration::from_secs(15);

/// How long requests under way may take to finish once the process is told to end.
const FAREWELL: Duration = Duration::from_secs(10);

/// How long to wait when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(50);

/// How many connections may wait to be accepted. Beyond it the system resets some, which a burst of browsers must not see.
const BACKLOG: u32 = 4096;

/// Listens on an address.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart finds the port free although connections of the process before it linger.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers requests until `shutdown` completes; requests under way are then given some seconds to finish.
///
/// HTTP/1.1 and HTTP/2 are told apart by the first octets, within TLS by what was agreed on.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    routes: Current,
    shutdown: impl Future<Output = ()>,
) {
    let builder = Arc::new(builder());
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (builder, watcher) = (Arc::clone(&builder), graceful.watcher());
                tokio::spawn(connect(stream, Peer(peer), tls.clone(), builder, watcher, routes.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT);
    builder.http2().timer(TokioTimer::new());
    builder
}

async fn connect(
    stream: TcpStream,
    peer: Peer,
    tls: Option<TlsAcceptor>,
    builder: Arc<Builder<TokioExecutor>>,
    watcher: Watcher,
    routes: Current,
) {
    // Without it small answers wait for the client's acknowledgement; a socket that refuses works all the same.
    let _nodelay = stream.set_nodelay(true);
    let Some(tls) = tls else { return speak(stream, peer, &builder, watcher, routes).await };
    match tokio::time::timeout(HEAD_WAIT, tls.accept(stream)).await {
        Ok(Ok(stream)) => speak(stream, peer, &builder, watcher, routes).await,
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: Peer,
    builder: &Builder<TokioExecutor>,
    watcher: Watcher,
    routes: Current,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let answer = routes.get().answer(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
