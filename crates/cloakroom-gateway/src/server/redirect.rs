//! The listener of plain HTTP beside one of TLS: it answers nothing, and says where to ask instead.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Body;
use http::header::{CONNECTION, HOST, LOCATION};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::config::{AppOrigin, Scheme};
use crate::server::accept::{HEAD_WAIT, PAUSE};

/// Where each host is led. All clones lead to the same.
#[derive(Clone, Debug)]
pub(crate) struct Redirect(Arc<RwLock<Vec<AppOrigin>>>);

impl Redirect {
    /// To those of these origins that are reached by TLS.
    pub(crate) fn to(origins: impl Iterator<Item = AppOrigin>) -> Self {
        let redirect = Self(Arc::default());
        redirect.lead_to(origins);
        redirect
    }

    /// From now on to those of these.
    pub(crate) fn lead_to(&self, origins: impl Iterator<Item = AppOrigin>) {
        let origins = origins.filter(|origin| origin.scheme() == Scheme::Https).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = origins;
    }

    /// The same path at the origin of the same host. Nobody is led to a host that is not ours.
    fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let named = request.uri().authority().map(Authority::as_str);
        let named = named.or_else(|| request.headers().get(HOST)?.to_str().ok());
        let host = named.and_then(|named| named.parse::<Authority>().ok());
        let origin = host.and_then(|host| {
            self.0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .iter()
                .find_map(|origin| origin.at_host(host.host()))
        });
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let location = origin.filter(|_| path.starts_with('/'));
        let location = location.and_then(|origin| HeaderValue::try_from(format!("{origin}{path}")).ok());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = match location {
            Some(location) => {
                response.headers_mut().insert(LOCATION, location);
                StatusCode::PERMANENT_REDIRECT
            }
            None => StatusCode::NOT_FOUND,
        };
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// Leads whoever connects to where TLS is spoken, until the future is dropped.
pub(crate) async fn redirect(listener: TcpListener, to: Redirect) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).keep_alive(false);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let to = to.clone();
        let service = service_fn(move |request| {
            let answer = to.answer(&request);
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_ours_is_led_to_its_origin_and_no_other_anywhere() {
        let origins = ["https://login.example.org", "https://wiki.example.org:8443", "http://localhost:1"];
        let redirect = Redirect::to(origins.map(|origin| origin.parse().unwrap()).into_iter());
        let answer = |target: &str, host: &str| {
            let request = Request::builder().uri(target).header(HOST, host).body(()).unwrap();
            let answer = redirect.answer(&request);
            let location = answer.headers().get(LOCATION);
            location.map(|location| location.to_str().unwrap().to_owned())
        };
        let to = |text: &str| Some(text.to_owned());
        assert_eq!(answer("/a//b?c=%2F", "Login.example.org"), to("https://login.example.org/a//b?c=%2F"));
        assert_eq!(answer("/", "wiki.example.org:80"), to("https://wiki.example.org:8443/"));
        assert_eq!(answer("http://wiki.example.org/x", "evil"), to("https://wiki.example.org:8443/x"));
        for host in ["evil.example", "localhost", "login.example.org.evil", "login.example.org@evil", ""] {
            assert_eq!(answer("/", host), None, "{host}");
        }
    }
}
