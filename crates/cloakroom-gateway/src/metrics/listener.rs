//! The listener of the metrics: of its own, so that nothing that browsers reach shows them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::client::TrustedProxies;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::config::MetricsListener;
use crate::events::Trail;
use crate::lasting::Lasting;
use crate::metrics::registry::Metrics;
use crate::metrics::text::MEDIA_TYPE;

/// How many may ask at a time.
const CONNECTIONS_MAX: usize = 16;

/// How long one may take.
const WAIT: Duration = Duration::from_secs(10);

/// This machine.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

/// Answers whoever may ask for metrics.
#[derive(Debug)]
pub(crate) struct MetricsServer {
    listener: TcpListener,
    shown: Arc<Shown>,
}

#[derive(Debug)]
struct Shown {
    metrics: Metrics,
    trail: Trail,
    lasting: Lasting,
    /// Who is answered.
    from: TrustedProxies,
}

impl MetricsServer {
    /// Shows these metrics to whomever the settings name, and to this machine.
    pub(crate) fn new(
        settings: &MetricsListener,
        listener: TcpListener,
        metrics: Metrics,
        trail: Trail,
        lasting: Lasting,
    ) -> Self {
        let here = LOOPBACK.map(|network| network.parse().expect("a network"));
        let from = TrustedProxies::x_forwarded_for(settings.from.iter().copied().chain(here));
        Self { listener, shown: Arc::new(Shown { metrics, trail, lasting, from }) }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers for as long as the process runs.
    pub(crate) async fn run(self) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, peer)) if self.shown.from.contains(peer.ip().to_canonical()) => {
                    let shown = Arc::clone(&self.shown);
                    tokio::spawn(async move {
                        // Whoever is too slow asks again.
                        let _too_slow = tokio::time::timeout(WAIT, serve(stream, shown)).await;
                        drop(place);
                    });
                }
                Ok((_, peer)) => {
                    tracing::debug!(%peer, "metrics were asked for by somebody who is not in metrics_from");
                }
                Err(error) => {
                    tracing::warn!(%error, "no connection for metrics could be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

async fn serve(stream: TcpStream, shown: Arc<Shown>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer(&request, &shown);
        async move { Ok::<_, Infallible>(answer) }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection for metrics ended early");
    }
}

fn answer(request: &Request<Incoming>, shown: &Shown) -> Response<Full<Bytes>> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => {
            (StatusCode::OK, shown.metrics.render(&shown.trail, shown.lasting.count()))
        }
        (_, "/metrics") => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        _ => (StatusCode::NOT_FOUND, "/metrics\n".to_owned()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
