//! Handshakes.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{Acceptor as HelloReader, ResolvesServerCert};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use crate::acme::Challenges;

/// The protocol of an ACME server that looks for its challenge in a handshake. RFC 8737 6.2.
const ACME_TLS: &[u8] = b"acme-tls/1";

/// Accepts TLS 1.2 and 1.3, with HTTP/2 where the client speaks it.
#[derive(Clone)]
pub(crate) struct Acceptor {
    config: Arc<ServerConfig>,
    challenges: Option<Challenges>,
}

impl Acceptor {
    pub(crate) fn new(certificates: Arc<dyn ResolvesServerCert>, challenges: Option<Challenges>) -> Self {
        let mut config = config(certificates);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self { config: Arc::new(config), challenges }
    }

    /// Shakes hands; `None` when that was all that somebody wanted.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
        let Some(challenges) = &self.challenges else {
            return TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await.map(Some);
        };
        let started = LazyConfigAcceptor::new(HelloReader::default(), stream).await?;
        let hello = started.client_hello();
        let is_challenge = hello.alpn().is_some_and(|mut protocols| protocols.any(|name| name == ACME_TLS));
        if !is_challenge {
            return started.into_stream(Arc::clone(&self.config)).await.map(Some);
        }
        let host = hello.server_name().unwrap_or_default().to_ascii_lowercase();
        let Some(proof) = challenges.proof(&host).await else {
            return Err(io::Error::other("an ACME server looks for a challenge that nobody has"));
        };
        let mut config = config(proof);
        config.alpn_protocols = vec![ACME_TLS.to_vec()];
        started.into_stream(Arc::new(config)).await?;
        tracing::info!(host, "an ACME server has looked for its challenge");
        Ok(None)
    }
}

fn config(certificates: Arc<dyn ResolvesServerCert>) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_cert_resolver(certificates)
}
