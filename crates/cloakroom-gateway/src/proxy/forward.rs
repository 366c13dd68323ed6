//! Requests to the application and its responses, streamed both ways.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use cloakroom::SessionId;
use cloakroom::cookie::CookieName;
use http::header::{CONNECTION, CONTENT_LENGTH, COOKIE, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use thiserror::Error;

use crate::config::{App, PublicUrl, Upstream, UpstreamProtocol};
use crate::lasting::{Hold, Lasting, Retirement, View};
use crate::proxy::identity::{self, Identity};
use crate::proxy::link::{Linker, Spoken, Use};
use crate::proxy::navigation::is_web_socket;
use crate::proxy::stream::GuardedBody;
use crate::proxy::upload::{Cut, Progress, Slow, Upload};
use crate::proxy::{cookies, hop_by_hop, tunnel};

/// How long a connection is kept that nothing is sent by. Less than what most applications do, so that it is seldom closed under a
/// request's hands.
const IDLE: Duration = Duration::from_secs(4);

/// How often an application is asked whether its HTTP/2 connection still stands.
const ALIVE: Duration = Duration::from_secs(30);

/// The octets that one HTTP/2 answer, and all of a connection, may have under way when nobody takes them.
const WINDOW: u32 = 256 * 1024;
const WINDOW_OF_ALL: u32 = 4 * WINDOW;

/// The application behind the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    upstream: Upstream,
    client: Client<Linker, Body>,
    /// Sockets begin as HTTP/1.1, whatever else the application speaks.
    sockets: Client<Linker, Body>,
    answer_timeout: Option<Duration>,
    silence_timeout: Option<Duration>,
    /// The names of our cookies, which the application never sees.
    cookies: Box<[CookieName]>,
    /// The origin that browsers see.
    origin: PublicUrl,
    /// Whether it is told of the user in the fields of oauth2-proxy too.
    tells_oauth2_proxy: bool,
    /// What requests are addressed to: that origin's authority, by the application's scheme.
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
}

/// What a request is forwarded with.
#[derive(Debug)]
pub(crate) struct Forwarded {
    /// Who is there; `None` for somebody who need not be signed in.
    pub(crate) identity: Option<Identity>,
    /// Where the request came from.
    pub(crate) client: IpAddr,
    /// What to quote when looking for the request in a log.
    pub(crate) request_id: HeaderValue,
    /// What it lives by if it goes on.
    pub(crate) life: Life,
}

/// The session that a socket or stream ends with, if it needs one.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// Where all that is open is known.
    pub(crate) lasting: Lasting,
    /// The session.
    pub(crate) session: Option<SessionId>,
    /// Comes when the application's table is gone, or another.
    pub(crate) retirement: Retirement,
    /// How the application sees the session, where it has limits of its own.
    pub(crate) view: Option<View>,
}

/// The application gave no answer.
#[derive(Debug, Error)]
pub(crate) enum ForwardError {
    /// Nobody answers there, or not as the application should.
    #[error("the application at {upstream} cannot be reached")]
    Unreachable {
        /// Where it should be.
        upstream: Upstream,
        /// Why.
        source: ClientError,
    },
    /// It hung up before it had answered.
    #[error("the application at {upstream} broke off")]
    Broken {
        /// Where it is.
        upstream: Upstream,
        /// Why.
        source: ClientError,
    },
    /// No connection came about in time.
    #[error("connecting to the application at {upstream} took too long")]
    ConnectTimedOut {
        /// Where it should be.
        upstream: Upstream,
    },
    /// No answer came in time.
    #[error("the application at {upstream} took too long to answer")]
    TimedOut {
        /// Where it is.
        upstream: Upstream,
    },
    /// The client did not send on.
    #[error("the client took too long to send its request")]
    SlowClient,
    /// The client broke off, or what it sent is no body.
    #[error("the client did not send the whole of its request")]
    BrokenByClient,
    /// The session ended while the request was on its way.
    #[error("the session ended before all of its request had come")]
    SessionEnded,
}

impl ForwardError {
    /// What the client is answered with.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } => StatusCode::BAD_GATEWAY,
            Self::ConnectTimedOut { .. } | Self::TimedOut { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::SlowClient => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenByClient => StatusCode::BAD_REQUEST,
            Self::SessionEnded => StatusCode::UNAUTHORIZED,
        }
    }
}

impl Life {
    fn begin(&self) -> Hold {
        self.lasting.open(self.session).until(&self.retirement).seen_by(self.view.as_ref())
    }
}

fn authority_of(origin: &PublicUrl) -> Authority {
    origin.authority().parse().expect("an origin has an authority")
}

fn host_of(authority: &Authority) -> HeaderValue {
    HeaderValue::from_str(authority.as_str()).expect("an authority is visible ASCII")
}

impl Application {
    /// An application, reached over connections that are kept open.
    pub(crate) fn new(upstream: Upstream, cookies: &[CookieName], app: &App) -> Self {
        let App { upstream_terms: terms, .. } = app;
        let origin = app.origin.sample();
        let protocol = upstream.protocol();
        let client = |spoken| {
            let mut client = Client::builder(TokioExecutor::new());
            client.pool_timer(TokioTimer::new()).timer(TokioTimer::new()).pool_idle_timeout(IDLE);
            client.http2_only(protocol == UpstreamProtocol::PlainHttp2 && spoken == Spoken::Best);
            client.http2_keep_alive_interval(ALIVE);
            client.http2_initial_stream_window_size(WINDOW);
            client.http2_initial_connection_window_size(WINDOW_OF_ALL);
            client.build(Linker::new(&upstream, terms, spoken))
        };
        let authority = authority_of(&origin);
        Self {
            client: client(Spoken::Best),
            sockets: client(Spoken::Http1),
            answer_timeout: terms.answer_timeout,
            silence_timeout: terms.silence_timeout,
            cookies: cookies.into(),
            origin,
            tells_oauth2_proxy: app.x_auth_request,
            scheme: if protocol == UpstreamProtocol::Tls { Scheme::HTTPS } else { Scheme::HTTP },
            host: host_of(&authority),
            authority,
            upstream,
        }
    }

    /// The same application at another origin of its own. Connections are kept for both.
    pub(crate) fn at_origin(&self, origin: &PublicUrl) -> Self {
        let authority = authority_of(origin);
        Self { origin: origin.clone(), host: host_of(&authority), authority, ..self.clone() }
    }

    /// Hands a request on and brings back the response, whose body is still under way.
    ///
    /// # Errors
    /// [`ForwardError`] when no response comes.
    ///
    /// # Security
    /// Whatever could speak for a proxy is removed first, then ours is added.
    pub(crate) async fn forward(
        &self,
        mut request: Request<Body>,
        forwarded: Forwarded,
    ) -> Result<Response<Body>, ForwardError> {
        let upgrade = (is_web_socket(request.headers()) && request.version() == Version::HTTP_11)
            .then(|| hyper::upgrade::on(&mut request));
        let Forwarded { identity, client, request_id, life } = forwarded;
        let request = self.rewrite(request, (identity, client, request_id), upgrade.is_some());
        let mut response = self.exchange(request, upgrade.is_some(), &life).await?;
        let socket = is_socket(&response).then(|| hyper::upgrade::on(&mut response));
        hop_by_hop::strip(response.headers_mut());
        cookies::remove_from_response(response.headers_mut(), &self.cookies);
        if let (Some(browser), Some(application)) = (upgrade, socket) {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            tunnel::open(browser, application, life.begin());
            return Ok(response.map(|_| Body::empty()));
        }
        let (head, body) = response.into_parts();
        if body.is_end_stream() {
            return Ok(Response::from_parts(head, Body::new(body)));
        }
        // A body of known length is on its way already; one without may go on for days.
        let hold = body.size_hint().exact().is_none().then(|| life.begin());
        let body = GuardedBody::new(body, &head.headers, hold, self.silence_timeout);
        Ok(Response::from_parts(head, Body::new(body)))
    }

    /// Sends a request within its limits, and once more where that can do no harm.
    async fn exchange(
        &self,
        request: Request<Body>,
        is_socket: bool,
        life: &Life,
    ) -> Result<Response<Incoming>, ForwardError> {
        let client = if is_socket { &self.sockets } else { &self.client };
        let again = again(&request);
        let progress = Progress::new();
        let request = if request.body().is_end_stream() {
            request
        } else {
            request.map(|body| Body::new(Upload::new(body, progress.clone(), life.begin())))
        };
        let asking = async {
            match (client.request(request).await, again) {
                (Err(error), Some(again)) if was_closed_meanwhile(&error) => client.request(again).await,
                (answer, _) => answer,
            }
        };
        let answer = match self.answer_timeout {
            None => asking.await,
            Some(limit) => tokio::select! {
                biased;
                answer = asking => answer,
                slow = progress.stalled(limit) => return Err(self.too_slow(slow)),
            },
        };
        let response = answer.map_err(|error| self.failed(error))?;
        if let Some(link) = response.extensions().get::<Use>() {
            link.answered();
        }
        Ok(response)
    }

    fn too_slow(&self, slow: Slow) -> ForwardError {
        match slow {
            Slow::Client => ForwardError::SlowClient,
            Slow::Application => ForwardError::TimedOut { upstream: self.upstream.clone() },
        }
    }

    fn failed(&self, source: ClientError) -> ForwardError {
        let upstream = self.upstream.clone();
        match cause::<Cut>(&source) {
            Some(Cut::SessionEnded) => return ForwardError::SessionEnded,
            Some(Cut::ByClient(_)) => return ForwardError::BrokenByClient,
            None => {}
        }
        match source.is_connect() {
            true if is_timeout(&source) => ForwardError::ConnectTimedOut { upstream },
            true => ForwardError::Unreachable { upstream, source },
            false => ForwardError::Broken { upstream, source },
        }
    }

    fn rewrite(
        &self,
        request: Request<Body>,
        (identity, client, request_id): (Option<Identity>, IpAddr, HeaderValue),
        upgrade: bool,
    ) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        let headers = &mut head.headers;
        let takes_trailers = takes_trailers(headers);
        hop_by_hop::strip(headers);
        identity::strip(headers);
        if headers.contains_key(COOKIE) {
            cookies::remove_from_request(headers, &self.cookies);
        }
        if self.tells_oauth2_proxy {
            headers.extend(identity::fields_of_oauth2_proxy(identity.as_ref()));
        }
        for (name, value) in identity::fields_of(identity) {
            headers.insert(name, value);
        }
        identity::write_forwarded(headers, client, &self.origin);
        headers.insert("x-request-id", request_id);
        // Never what the client says: the application may write it into links.
        headers.insert(HOST, self.host.clone());
        if takes_trailers {
            headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        if upgrade {
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        } else if has_odd_body(&head, &body) {
            head.headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        head.uri = self.uri(head.uri.path_and_query());
        head.version = Version::HTTP_11;
        Request::from_parts(head, body)
    }

    fn uri(&self, path_and_query: Option<&PathAndQuery>) -> Uri {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path_and_query.cloned().unwrap_or_else(|| PathAndQuery::from_static("/")))
            .build()
            .expect("scheme, authority and path make a URI")
    }
}

/// Whether an application has agreed to a socket, and to nothing else.
fn is_socket(response: &Response<Incoming>) -> bool {
    let protocol = response.headers().get(UPGRADE);
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        && protocol.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

fn takes_trailers(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(TE).iter().flat_map(|value| value.as_bytes().split(|octet| *octet == b','));
    codings.map(<[u8]>::trim_ascii).any(|coding| coding.eq_ignore_ascii_case(b"trailers"))
}

/// Whether a body of unknown length comes with a method that hardly ever has one, for which the client's own rule is to send none.
fn has_odd_body(head: &Parts, body: &Body) -> bool {
    matches!(head.method, Method::GET | Method::HEAD)
        && !head.headers.contains_key(CONTENT_LENGTH)
        && !body.is_end_stream()
}

/// The same request, if sending it twice does no more than sending it once.
///
/// Source: RFC 9110 9.2.2.
fn again(request: &Request<Body>) -> Option<Request<Body>> {
    if !request.method().is_idempotent() || !request.body().is_end_stream() {
        return None;
    }
    let mut again = Request::new(Body::empty());
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    Some(again)
}

/// Whether a connection that had been good was closed before an answer came, as happens when an application closes what has been idle.
/// What was never sent is sent again by the client itself.
fn was_closed_meanwhile(error: &ClientError) -> bool {
    let mut extras = Extensions::new();
    if let Some(link) = error.connect_info() {
        link.get_extras(&mut extras);
    }
    !error.is_connect() && extras.get::<Use>().is_some_and(Use::has_answered)
}

fn is_timeout(error: &ClientError) -> bool {
    cause::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// The first of this type among what an error was caused by.
fn cause<E: Error + 'static>(error: &ClientError) -> Option<&E> {
    std::iter::successors(error.source(), |&error| error.source()).find_map(|error| error.downcast_ref())
}
