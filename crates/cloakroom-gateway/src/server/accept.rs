//! Connections: how each is spoken to, and how all come to an end.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use http::header::CONNECTION;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::lasting::Lasting;
use crate::peer::Peer;
use crate::routes::Current;
use crate::server::strict;
use crate::tls::Acceptor;

/// How long a client may take to send the head of a request; a slow one would hold a connection for nothing.
pub(super) const HEAD_WAIT: Duration = Duration::from_secs(15);

/// How long to wait when the system has no more sockets to give.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// How long a connection whose first request has not begun is waited for when the process ends: it may be on the way.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The largest head of a request.
const HEAD_MAX: usize = 64 * 1024;

/// How often a client of HTTP/2 that is silent is asked whether it is still there.
const ALIVE: Duration = Duration::from_mins(1);

/// What HTTP/2 begins with.
const PREFACE: &[u8; 4] = b"PRI ";

/// How everything comes to an end.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// What is open beyond its request.
    pub(crate) lasting: Lasting,
    /// How long all of it may take.
    pub(crate) limit: Duration,
    /// The socket stays open for the process that comes next, with whoever waits there.
    pub(crate) is_inherited: bool,
}

/// How HTTP is spoken.
struct Http {
    http1: Builder<TokioExecutor>,
    http2: Builder<TokioExecutor>,
}

/// What every connection needs.
struct Shared {
    http: Http,
    tls: Option<Acceptor>,
    routes: Current,
}

/// The end of the process, as a connection awaits it. Whoever holds one is waited for.
struct End(watch::Receiver<bool>);

/// Answers requests until `shutdown` completes; requests under way are then given some time to finish.
///
/// HTTP/1.1 and HTTP/2 are told apart by the first octets, within TLS by what was agreed on.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Acceptor>,
    routes: Current,
    ending: Ending,
    shutdown: impl Future<Output = ()>,
) {
    let end = watch::Sender::new(false);
    let shared = Arc::new(Shared { http: Http::new(), tls, routes });
    let welcome = |(stream, peer): (TcpStream, SocketAddr)| {
        tokio::spawn(Arc::clone(&shared).connect(stream, Peer(peer), End(end.subscribe())));
    };
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok(connection) => welcome(connection),
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Whoever waits to be accepted would be hung up on, unless somebody else accepts them.
    while !ending.is_inherited
        && let Some(Ok(connection)) = now_or_never(listener.accept()).await
    {
        welcome(connection);
    }
    drop(listener);
    end.send_replace(true);
    ending.lasting.say_farewell();
    let all = async { tokio::join!(end.closed(), ending.lasting.all_closed()) };
    if timeout(ending.limit, all).await.is_err() {
        tracing::warn!(
            open = ending.lasting.count(),
            "some requests did not finish in time and were cut off"
        );
    }
}

async fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = future => Some(done),
        () = ready(()) => None,
    }
}

impl Http {
    fn new() -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).max_buf_size(HEAD_MAX);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(ALIVE);
        Self { http1: builder.clone().http1_only(), http2: builder.http2_only() }
    }
}

impl End {
    async fn has_come(&mut self) {
        // A process that is gone without a word has ended too.
        let _gone = self.0.wait_for(|has_come| *has_come).await.is_err();
    }

    /// What this comes to within [`HEAD_WAIT`], unless the end comes first and a last moment passes.
    async fn unless_too_late<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let too_late = async {
            self.has_come().await;
            tokio::time::sleep(LAST_MOMENT).await;
        };
        tokio::select! {
            biased;
            done = timeout(HEAD_WAIT, future) => done.ok(),
            () = too_late => None,
        }
    }
}

impl Shared {
    async fn connect(self: Arc<Self>, stream: TcpStream, peer: Peer, mut end: End) {
        // Without the first, small answers wait for the client's acknowledgement; without the second, nobody learns that a client which
        // says nothing is gone. A socket that refuses works all the same.
        let _nodelay = stream.set_nodelay(true);
        let keep_alive = TcpKeepalive::new().with_time(ALIVE).with_interval(ALIVE / 4);
        let _alive = SockRef::from(&stream).set_tcp_keepalive(&keep_alive);
        let Some(Ok(first)) = end.unless_too_late(first_octets(&stream)).await else { return };
        let Some(tls) = &self.tls else {
            return self.speak(stream, peer, first == *PREFACE, end).await;
        };
        match end.unless_too_late(tls.accept(stream)).await {
            Some(Ok(Some(stream))) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                self.speak(stream, peer, is_http2, end).await;
            }
            Some(Ok(None)) => {}
            Some(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            None => tracing::debug!("a handshake took too long"),
        }
    }

    async fn speak<S>(&self, stream: S, peer: Peer, is_http2: bool, mut end: End)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let routes = self.routes.clone();
        let begun = Arc::new(Notify::new());
        let has_begun = Arc::clone(&begun);
        let service = service_fn(move |request: Request<Incoming>| {
            has_begun.notify_one();
            // A request is answered to its end by the configuration of its beginning.
            let routes = routes.get();
            async move {
                let Some(status) = strict::refusal(&request) else {
                    return Ok::<_, Infallible>(routes.answer(peer, request).await);
                };
                let mut refused = status.into_response();
                refused.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                Ok(refused)
            }
        });
        let http = if is_http2 { &self.http.http2 } else { &self.http.http1 };
        let mut connection = pin!(http.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // Told to shut down before it has read anything, a connection would hang up on a request that has arrived.
        let farewell = async {
            end.has_come().await;
            let _too_late = timeout(LAST_MOMENT, begun.notified()).await.is_err();
        };
        let ended = tokio::select! {
            biased;
            ended = connection.as_mut() => ended,
            () = farewell => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// The first octets, which stay where they are. A client that sends fewer than four does not speak HTTP/2.
async fn first_octets(stream: &TcpStream) -> io::Result<[u8; 4]> {
    let mut first = [0; 4];
    match stream.peek(&mut first).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(first),
    }
}
