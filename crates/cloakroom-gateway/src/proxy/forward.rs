//! Requests to the application and its responses, streamed both ways.

use std::error::Error;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use cloakroom::cookie::CookieName;
use http::header::{CONNECTION, COOKIE, HOST, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use thiserror::Error;

use crate::config::{App, PublicUrl, Upstream};
use crate::proxy::identity::{self, Identity};
use crate::proxy::navigation::{Kind, kind};
use crate::proxy::stream::GuardedBody;
use crate::proxy::{cookies, hop_by_hop, tunnel};

/// How long connecting to the application may take.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// The application behind the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    upstream: Upstream,
    client: Client<HttpConnector, Body>,
    /// The names of our cookies, which the application never sees.
    cookies: Box<[CookieName]>,
    /// The origin that browsers see.
    origin: PublicUrl,
    /// Whether it is told of the user in the fields of oauth2-proxy too.
    tells_oauth2_proxy: bool,
}

/// What a request is forwarded with.
#[derive(Debug)]
pub(crate) struct Forwarded<F> {
    /// Who is there; `None` for somebody who need not be signed in.
    pub(crate) identity: Option<Identity>,
    /// Where the request came from.
    pub(crate) client: IpAddr,
    /// What to quote when looking for the request in a log.
    pub(crate) request_id: HeaderValue,
    /// Completes when the session ends, which closes a `WebSocket` and breaks off a stream.
    pub(crate) session_ended: F,
}

/// The application did not answer.
#[derive(Debug, Error)]
#[error("the application at {upstream} does not answer")]
pub(crate) struct ForwardError {
    upstream: Upstream,
    source: Box<dyn Error + Send + Sync>,
}

impl Application {
    /// An application, reached over connections that are kept open.
    pub(crate) fn new(upstream: Upstream, cookies: &[CookieName], app: &App) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_WAIT));
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Self {
            upstream,
            client,
            cookies: cookies.into(),
            origin: app.origin.clone(),
            tells_oauth2_proxy: app.x_auth_request,
        }
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
        forwarded: Forwarded<impl Future<Output = ()> + Send + 'static>,
    ) -> Result<Response<Body>, ForwardError> {
        let upgrade = (kind(request.headers()) == Kind::WebSocket && request.version() == Version::HTTP_11)
            .then(|| hyper::upgrade::on(&mut request));
        let request = self.rewrite(request, &forwarded, upgrade.is_some());
        let response = self.client.request(request).await;
        let mut response = response
            .map_err(|source| ForwardError { upstream: self.upstream.clone(), source: Box::new(source) })?;
        let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let protocol = response.headers().get(UPGRADE).cloned();
        let application = switched.then(|| hyper::upgrade::on(&mut response));
        hop_by_hop::strip(response.headers_mut());
        cookies::remove_from_response(response.headers_mut(), &self.cookies);
        if let (Some(client), Some(application), Some(protocol)) = (upgrade, application, protocol) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
            response.headers_mut().insert(UPGRADE, protocol);
            tunnel::open(client, application, forwarded.session_ended);
            return Ok(response.map(Body::new));
        }
        // A body of known length is on its way already; one without may go on for days.
        if response.body().size_hint().exact().is_some() {
            return Ok(response.map(Body::new));
        }
        Ok(response.map(|body| Body::new(GuardedBody::new(body, forwarded.session_ended))))
    }

    fn rewrite<F>(&self, request: Request<Body>, forwarded: &Forwarded<F>, upgrade: bool) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        let headers = &mut head.headers;
        hop_by_hop::strip(headers);
        identity::strip(headers);
        if headers.contains_key(COOKIE) {
            cookies::remove_from_request(headers, &self.cookies);
        }
        for (name, value) in identity::fields_of(forwarded.identity.as_ref()) {
            headers.insert(name, value);
        }
        if self.tells_oauth2_proxy {
            headers.extend(identity::fields_of_oauth2_proxy(forwarded.identity.as_ref()));
        }
        identity::write_forwarded(headers, forwarded.client, &self.origin);
        headers.insert("x-request-id", forwarded.request_id.clone());
        // HTTP/2 carries the host in the URI, and the application needs it in the field.
        if let Some(authority) = head.uri.authority()
            && let Ok(host) = HeaderValue::from_str(authority.as_str())
        {
            headers.insert(HOST, host);
        }
        if upgrade {
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        }
        head.uri = self.upstream.uri(head.uri.path_and_query());
        head.version = Version::HTTP_11;
        Request::from_parts(head, body)
    }
}
