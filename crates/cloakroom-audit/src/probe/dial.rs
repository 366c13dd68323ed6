//! Connections: addresses, and TLS as browsers do it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::look::{Family, Protocol};

use super::error::ProbeError;
use super::terms::Terms;

/// A stream to a server, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Opens connections.
pub(super) struct Dialer {
    tls: Arc<ClientConfig>,
}

impl Dialer {
    pub(super) fn new(terms: &Terms) -> Result<Self, ProbeError> {
        let config = trusting(&terms.authorities).map_err(ProbeError::Authorities)?;
        Ok(Self { tls: Arc::new(config) })
    }

    /// Connects to the host of a URL; says which protocol was agreed on.
    pub(super) async fn connect(
        &self,
        terms: &Terms,
        url: &Url,
        protocol: Protocol,
        family: Option<Family>,
    ) -> Result<(Box<dyn Stream>, Protocol), ProbeError> {
        let place = place(url);
        let stream = self.tcp(terms, url, family, &place).await?;
        if url.scheme() != "https" {
            return Ok((Box::new(stream), Protocol::Http1));
        }
        let mut config = ClientConfig::clone(&self.tls);
        config.alpn_protocols = match protocol {
            Protocol::Http1 => vec![b"http/1.1".to_vec()],
            Protocol::Http2 => vec![b"h2".to_vec()],
            Protocol::Unknown => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        let tls = |source| ProbeError::Tls { place: place.clone(), source };
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|error| tls(io::Error::other(error)))?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(tls)?;
        let is_second = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((Box::new(stream), if is_second { Protocol::Http2 } else { Protocol::Http1 }))
    }

    async fn tcp(
        &self,
        terms: &Terms,
        url: &Url,
        family: Option<Family>,
        place: &str,
    ) -> Result<TcpStream, ProbeError> {
        let addresses = addresses(terms, url).await?;
        let is_wanted = |address: &&SocketAddr| match family {
            Some(Family::V4) => address.is_ipv4(),
            Some(Family::V6) => address.is_ipv6(),
            None => true,
        };
        let addresses: Vec<&SocketAddr> = addresses.iter().filter(is_wanted).collect();
        let mut failure = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address of that kind");
        // One that swallows what is sent to it leaves time for the others, and for the answer.
        let shares = u32::try_from(addresses.len()).unwrap_or(u32::MAX).saturating_add(1);
        for address in addresses {
            let connected = timeout(terms.timeout / shares, TcpStream::connect(address)).await;
            match connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(stream) => {
                    // One request each: nothing to collect packets for. A server that cannot do without gets them anyway.
                    let _set = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => failure = error,
            }
        }
        Err(ProbeError::Connect { place: place.to_owned(), source: failure })
    }
}

/// TLS that believes the authorities that browsers believe, and these.
///
/// # Errors
/// When one of these is no certificate.
pub fn trusting(authorities: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for authority in authorities {
        roots.add(authority.clone())?;
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The addresses of a URL's host, or where a detour leads.
pub(super) async fn addresses(terms: &Terms, url: &Url) -> Result<Vec<SocketAddr>, ProbeError> {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let is_it = |detour: &&super::terms::Detour| detour.host == host && detour.port == port;
    let detours: Vec<SocketAddr> = terms.detours.iter().filter(is_it).map(|detour| detour.to).collect();
    if !detours.is_empty() {
        return Ok(detours);
    }
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(vec![(address, port).into()]),
        Some(Host::Ipv6(address)) => Ok(vec![(address, port).into()]),
        Some(Host::Domain(name)) => {
            let found = lookup_host((name, port)).await;
            let unknown = |source| ProbeError::Resolve { host: name.to_owned(), source };
            Ok(found.map_err(unknown)?.collect())
        }
        None => Err(ProbeError::Url { url: url.to_string() }),
    }
}

/// Host and port, for people.
pub(super) fn place(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}
