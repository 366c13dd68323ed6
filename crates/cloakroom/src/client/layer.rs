//! The tower layer that finds out where a request comes from.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Extensions, Request};
use tower_layer::Layer;
use tower_service::Service;

use super::{ClientAddress, TlsFingerprint, TrustedProxies};

/// Puts a [`ClientAddress`], and a [`TlsFingerprint`] where there is one, into each request's extensions; made by
/// [`TrustedProxies::layer`].
#[derive(Clone)]
pub struct ClientLayer {
    proxies: Arc<TrustedProxies>,
    peer: fn(&Extensions) -> Option<IpAddr>,
}

impl TrustedProxies {
    /// The layer. `peer` finds the address of the socket in a request's extensions, where the server has put it.
    ///
    /// A request without one, as from a Unix socket, has no known address, whatever its fields say.
    pub fn layer(self, peer: fn(&Extensions) -> Option<IpAddr>) -> ClientLayer {
        ClientLayer { proxies: Arc::new(self), peer }
    }
}

impl ClientLayer {
    fn find<B>(&self, request: &mut Request<B>) {
        let peer = (self.peer)(request.extensions());
        let address = peer.map(|peer| ClientAddress(self.proxies.client_address(peer, request.headers())));
        let fingerprint = peer.and_then(|peer| self.proxies.tls_fingerprint(peer, request.headers()));
        let extensions = request.extensions_mut();
        extensions.remove::<ClientAddress>();
        extensions.remove::<TlsFingerprint>();
        address.map(|address| extensions.insert(address));
        fingerprint.map(|fingerprint| extensions.insert(fingerprint));
    }
}

impl fmt::Debug for ClientLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientLayer").field("proxies", &self.proxies).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = ClientService<S>;

    fn layer(&self, inner: S) -> ClientService<S> {
        ClientService { inner, layer: self.clone() }
    }
}

/// A service that knows where its requests come from; see [`ClientLayer`].
#[derive(Clone, Debug)]
pub struct ClientService<S> {
    inner: S,
    layer: ClientLayer,
}

impl<S, B> Service<Request<B>> for ClientService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        self.layer.find(&mut request);
        self.inner.call(request)
    }
}
