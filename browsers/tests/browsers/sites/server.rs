//! Three sites on one port of the loopback address, over TLS.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{Request, Response};
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::{ServiceExt as _, service_fn};

use super::hostile::hostile;
use super::seen::{Log, Seen};
use cloakroom_browsers::{RUNTIME, server_config};

/// The site that is attacked.
pub(crate) const BANK: &str = "bank.test";
/// Another host of its registrable domain, in the attacker's hands.
pub(crate) const SIBLING: &str = "sub.bank.test";
/// The attacker's own site.
pub(crate) const EVIL: &str = "evil.test";

/// The three sites, until this is dropped.
pub(crate) struct Sites {
    port: u16,
    bank: Router,
    log: Arc<Log>,
    server: JoinHandle<()>,
}

impl Sites {
    /// Serves this as the bank, beside the attacker's sites.
    pub(crate) fn serve(bank: Router) -> Self {
        let log = Arc::new(Log::default());
        let listener = RUNTIME.block_on(TlsListener::bind()).expect("the loopback address has free ports");
        let port = listener.address.port();
        let all = service_fn({
            let (log, bank, hostile) = (Arc::clone(&log), bank.clone(), hostile());
            move |request: Request<Body>| {
                let (log, asked) = (Arc::clone(&log), Seen::asked(&request));
                let site = if asked.host == BANK { bank.clone() } else { hostile.clone() };
                async move {
                    let answer: Result<Response<Body>, Infallible> = site.oneshot(request).await;
                    answer.inspect(|answer| log.add(asked.answered(answer)))
                }
            }
        });
        let app = Router::new().fallback_service(all);
        let server = RUNTIME.spawn(async move {
            // Ends with the task.
            let _served = axum::serve(listener, app).await;
        });
        Self { port, bank, log, server }
    }

    /// An address of one of the sites.
    pub(crate) fn url(&self, host: &str, path: &str) -> String {
        format!("{}{path}", self.origin(host))
    }

    /// The origin of one of the sites.
    pub(crate) fn origin(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }

    /// The cookie that the bank sets when it is asked without a browser, as an attacker can do: its value.
    pub(crate) fn cookie_of(&self, path: &str, form: &'static str) -> String {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).expect("a request of plain text");
        let Ok(answer) = RUNTIME.block_on(self.bank.clone().oneshot(request));
        let line = answer.headers().get(SET_COOKIE).and_then(|line| line.to_str().ok()).expect("a cookie");
        let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
        pair.expect("a name and a value").1.to_owned()
    }

    /// Whom the bank takes somebody for who brings this `__Host-sid`, without a browser.
    pub(crate) fn who_brings(&self, value: &str) -> String {
        let request = Request::get("/me").header(COOKIE, format!("__Host-sid={value}"));
        let request = request.body(Body::empty()).expect("a request of plain text");
        RUNTIME.block_on(async {
            let Ok(answer) = self.bank.clone().oneshot(request).await;
            let octets = to_bytes(answer.into_body(), 4096).await.expect("the body is short");
            String::from_utf8_lossy(&octets).into_owned()
        })
    }

    /// Waits until a site has answered a request for this path.
    pub(crate) fn wait_for(&self, host: &str, path: &str) -> Seen {
        self.log.wait_for(&format!("{path} of {host}"), |seen| seen.host == host && seen.path == path)
    }

    /// How many requests for this path a site has answered.
    pub(crate) fn count(&self, host: &str, path: &str) -> usize {
        self.log.count(|seen| seen.host == host && seen.path == path)
    }
}

impl Drop for Sites {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Connections whose handshake is done; one that stalls holds up no other.
struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(16);
        let acceptor = TlsAcceptor::from(server_config());
        let accepting = RUNTIME.spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        // Nobody takes it when the sites are closed.
                        let _taken = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { address, ready, accepting })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
