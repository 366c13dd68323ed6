//! Where a request comes from, as a handler behind proxies learns it.

use std::net::IpAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Extensions, Request};
use axum::routing::get;
use cloakroom::ClientAddress;
use cloakroom::client::{TlsFingerprint, TrustedProxies};
use tower::ServiceExt as _;

/// The address of the socket, as a server puts it into a request.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

async fn who(request: Request<Body>) -> String {
    let found = request.extensions();
    let address = found.get::<ClientAddress>().map(|address| address.0.to_string());
    let fingerprint = found.get::<TlsFingerprint>().map(|fingerprint| fingerprint.as_str().to_owned());
    format!("{} {}", address.unwrap_or_default(), fingerprint.unwrap_or_default())
}

async fn asked(extend: impl FnOnce(&mut Extensions)) -> String {
    let proxies = TrustedProxies::x_forwarded_for(["10.0.0.0/8".parse().expect("a network")]);
    let proxies = proxies.tls_fingerprint_in("x-ja4").expect("a name");
    let layer = proxies.layer(|found| found.get::<Peer>().map(|peer| peer.0));
    let mut request = Request::builder()
        .uri("/")
        .header("x-forwarded-for", "6.6.6.6, 192.0.2.7")
        .header("forwarded", "for=6.6.6.6")
        .header("x-ja4", "t13d_a_b")
        .body(Body::empty())
        .expect("a request of plain text");
    extend(request.extensions_mut());
    let answer = Router::new().route("/", get(who)).layer(layer).oneshot(request).await;
    let body = answer.expect("the application answers").into_body();
    String::from_utf8(to_bytes(body, 100).await.expect("a short body").to_vec()).expect("text")
}

#[tokio::test]
async fn bnd_02_a_handler_learns_the_address_that_a_trusted_proxy_saw_and_no_other() {
    let of_peer = |peer: [u8; 4]| {
        asked(move |found| {
            found.insert(Peer(peer.into()));
        })
    };
    assert_eq!(of_peer([10, 0, 0, 1]).await, "192.0.2.7 t13d_a_b");
    assert_eq!(of_peer([203, 0, 113, 5]).await, "203.0.113.5 ");
}

#[tokio::test]
async fn bnd_02_a_request_without_a_known_peer_has_no_address_whatever_it_says() {
    let stale = asked(|found| {
        found.insert(ClientAddress([6, 6, 6, 6].into()));
    });
    assert_eq!(stale.await, " ");
}
