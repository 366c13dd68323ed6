//! One request on one connection, within bounds.

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::agent::UnixTime;
use crate::look::{Exchange, Family, Protocol};

use super::body;
use super::dial::{Dialer, Stream, place};
use super::error::ProbeError;
use super::metered::{Meter, Metered};
use super::terms::Terms;

/// The most fields that an answer may have.
const FIELDS_MAX: usize = 1000;

/// By which way to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// The version of HTTP; `Unknown` for what both prefer.
    pub(crate) protocol: Protocol,
    /// The kind of address, where it matters.
    pub(crate) family: Option<Family>,
}

impl How {
    /// As a browser would.
    pub(crate) const ANY: Self = Self { protocol: Protocol::Unknown, family: None };
}

/// What to ask.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) fields: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn get(url: &Url) -> Self {
        Self { method: Method::GET, url: url.clone(), fields: Vec::new(), body: Vec::new() }
    }

    /// As a browser asks that goes to another page, and says from where: a server may answer a script otherwise.
    ///
    /// Source: Fetch Metadata Request Headers 2.
    pub(crate) fn navigated(self, from: &'static str) -> Self {
        self.with("sec-fetch-site", from)
            .with("sec-fetch-mode", "navigate")
            .with("sec-fetch-dest", "document")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.fields.push((name, value.into()));
        self
    }
}

/// Asks, one thing after the other.
pub(crate) struct Client {
    terms: Terms,
    dialer: Dialer,
}

impl Client {
    pub(crate) fn new(terms: Terms) -> Result<Self, ProbeError> {
        Ok(Self { dialer: Dialer::new(&terms)?, terms })
    }

    pub(crate) const fn terms(&self) -> &Terms {
        &self.terms
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.terms.clock)()
    }

    /// Sends a request, and reads as much of the answer as the terms allow.
    pub(crate) async fn send(&self, request: Request, how: How) -> Result<Exchange, ProbeError> {
        let deadline = body::deadline(self.terms.timeout);
        let place = place(&request.url);
        let late = || ProbeError::TimedOut { place: place.clone(), seconds: self.terms.timeout.as_secs() };
        let url = request.url.clone();
        let dialing = self.dialer.connect(&self.terms, &url, how.protocol, how.family);
        let (stream, protocol) = timeout_at(deadline, dialing).await.map_err(|_| late())??;
        let meter = Meter::new(self.terms.wire_octets_max());
        let stream = Metered::new(stream, meter.clone());
        // It ends with this set, whatever the server does.
        let mut driver = JoinSet::new();
        let talking = self.talk(stream, protocol, request, &mut driver);
        let broken = |source| self.broken(&place, source, &meter);
        let response = timeout_at(deadline, talking).await.map_err(|_| late())?.map_err(broken)?;
        let exchange = self.read(url, protocol, response, deadline).await;
        let octets: usize = exchange.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        if octets > self.terms.head_octets_max {
            return Err(ProbeError::HeadTooLong { place, octets_max: self.terms.head_octets_max });
        }
        Ok(exchange)
    }

    fn broken(&self, place: &str, source: hyper::Error, meter: &Meter) -> ProbeError {
        let place = place.to_owned();
        if meter.is_used_up() {
            return ProbeError::Endless { place, octets_max: self.terms.wire_octets_max() };
        }
        // The reader has no other way to tell it.
        if source.is_parse() && source.to_string().contains("too large") {
            return ProbeError::HeadTooLong { place, octets_max: self.terms.head_octets_max };
        }
        ProbeError::Broken { place, source }
    }

    async fn talk(
        &self,
        stream: Metered<Box<dyn Stream>>,
        protocol: Protocol,
        request: Request,
        driver: &mut JoinSet<()>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        let stream = TokioIo::new(stream);
        let bound = self.terms.head_octets_max;
        if protocol == Protocol::Http2 {
            let bound = u32::try_from(bound).unwrap_or(u32::MAX);
            let mut builder = http2::Builder::new(TokioExecutor::new());
            let (mut sender, connection) = builder.max_header_list_size(bound).handshake(stream).await?;
            driver.spawn(async {
                // Its end shows in the answer.
                let _ended = connection.await;
            });
            return sender.send_request(into_http(request, protocol)).await;
        }
        let mut builder = http1::Builder::new();
        builder.max_headers(FIELDS_MAX).max_buf_size(bound);
        let (mut sender, connection) = builder.handshake(stream).await?;
        driver.spawn(async {
            let _ended = connection.await;
        });
        sender.send_request(into_http(request, protocol)).await
    }

    async fn read(
        &self,
        url: Url,
        protocol: Protocol,
        response: Response<Incoming>,
        deadline: Instant,
    ) -> Exchange {
        let (head, incoming) = response.into_parts();
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let octets_max = self.terms.body_octets_max;
        let (kind, encoding) =
            (text("content-type").to_ascii_lowercase(), text("content-encoding").to_owned());
        // Pages and data; pictures and films say nothing of sessions.
        let is_wanted =
            kind.is_empty() || ["text/", "json", "xml", "javascript"].iter().any(|part| kind.contains(part));
        let octets = if is_wanted { body::read(incoming, octets_max, deadline).await } else { Vec::new() };
        Exchange {
            url,
            status: head.status.as_u16(),
            protocol,
            fields: fields(&head.headers),
            body: body::unpack(octets, &encoding, octets_max),
        }
    }
}

fn fields(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect()
}

/// As browsers ask, but for the name: whoever reads the log is to know who it was.
fn into_http(request: Request, protocol: Protocol) -> http::Request<Full<Bytes>> {
    let target = &request.url[url::Position::BeforePath..url::Position::AfterQuery];
    let whole = &request.url[..url::Position::AfterQuery];
    let uri = if protocol == Protocol::Http2 { whole } else { target };
    let mut http = http::Request::new(Full::new(Bytes::from(request.body)));
    *http.method_mut() = request.method;
    *http.uri_mut() = uri.parse().unwrap_or_default();
    let fields = http.headers_mut();
    if protocol != Protocol::Http2 {
        let authority = &request.url[url::Position::BeforeHost..url::Position::AfterPort];
        if let Ok(authority) = HeaderValue::from_str(authority) {
            fields.insert(HOST, authority);
        }
    }
    let usual: [(&'static str, &[u8]); 4] = [
        ("user-agent", concat!("cloakroom-audit/", env!("CARGO_PKG_VERSION")).as_bytes()),
        ("accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("accept-language", b"en"),
        ("accept-encoding", b"identity"),
    ];
    let given = request.fields.iter().map(|(name, value)| (*name, value.as_slice()));
    for (name, value) in usual.into_iter().chain(given) {
        // A cookie of the site's that cannot be written into a field is one that a browser would not send either.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            fields.insert(HeaderName::from_static(name), value);
        }
    }
    http
}
