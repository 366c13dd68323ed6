//! An origin, and how it is reached.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use cloakroom_gateway::config::{PublicUrl, Scheme};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::http::{Answer, Request};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An origin, and how it is reached.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) origin: PublicUrl,
    /// Where connections go, whatever the name says.
    connect_to: Option<SocketAddr>,
    tls: Arc<ClientConfig>,
}

/// A connection, with TLS or without.
trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl Place {
    pub(super) fn new(origin: PublicUrl, connect_to: Option<SocketAddr>, tls: Arc<ClientConfig>) -> Self {
        Self { origin, connect_to, tls }
    }

    /// Sends a request on a connection of its own.
    pub(super) fn send(&self, request: &Request) -> io::Result<Answer> {
        request.exchange(self.connect()?, self.origin.authority())
    }

    fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let (host, port) = (self.origin.host().trim_matches(['[', ']']), self.origin.port());
        let addresses: Vec<SocketAddr> = match self.connect_to {
            Some(address) => vec![address],
            // Browsers know these names without asking anybody (RFC 6761 6.3).
            None if host == "localhost" || host.ends_with(".localhost") => {
                vec![(Ipv4Addr::LOCALHOST, port).into()]
            }
            None => (host, port).to_socket_addrs()?.collect(),
        };
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return self.speak(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn speak(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        if self.origin.scheme() == Scheme::Http {
            return Ok(Box::new(stream));
        }
        let host = self.origin.host().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let client = ClientConnection::new(Arc::clone(&self.tls), name).map_err(io::Error::other)?;
        Ok(Box::new(StreamOwned::new(client, stream)))
    }
}
