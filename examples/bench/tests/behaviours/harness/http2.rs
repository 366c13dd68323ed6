//! HTTP/2 with prior knowledge, for what HTTP/1.1 cannot say.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::answer::Answer;
use super::request::Request;
use super::rules;

/// One request with each `Cookie` crumb in a field of its own (RFC 9113, section 8.2.3).
#[track_caller]
pub(crate) fn ask_over_http2(peer: SocketAddr, request: &Request, crumbs: &[&[u8]]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let answer = runtime.expect("a runtime can be built").block_on(exchange(peer, request, crumbs));
    rules::check(request, &answer);
    answer
}

async fn exchange(peer: SocketAddr, request: &Request, crumbs: &[&[u8]]) -> Answer {
    let stream = tokio::net::TcpStream::connect(peer).await.expect("the program accepts connections");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("the program speaks HTTP/2");
    tokio::spawn(connection);
    let mut builder =
        hyper::Request::builder().method(request.method()).uri(format!("http://{peer}{}", request.target()));
    for (name, value) in request.fields() {
        builder = builder.header(name.as_str(), value.as_slice());
    }
    for crumb in crumbs {
        builder = builder.header("cookie", *crumb);
    }
    let message = builder.body(Full::<Bytes>::default()).expect("hyper takes the request");
    let response = sender.send_request(message).await.expect("the program answers");
    let fields = response.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let mut answer = Answer::new(response.status().as_u16(), fields.collect());
    answer.body = response.into_body().collect().await.expect("the body arrives").to_bytes().to_vec();
    answer
}
