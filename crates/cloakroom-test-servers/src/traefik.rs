//! Traefik.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};
use crate::wait::until;

/// Starts Traefik with a static configuration, which says that it listens on this port and that the other part is the file
/// `cloakroom.yml` of its folder.
///
/// It listens before it has read that other part, and until then answers 404 to everything: it is asked again until it knows
/// this host.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn serve_traefik(port: u16, host: &str, fixed: &str, dynamic: &str) -> Result<ProxyServer, ServerError> {
    let start = ProxyStart {
        program: program("CLOAKROOM_TRAEFIK", "traefik", &[])?,
        arguments: vec!["--configFile=traefik.yml"],
        paths: Vec::new(),
        files: vec![("traefik.yml", fixed.to_owned()), ("cloakroom.yml", dynamic.to_owned())],
    };
    let server = ProxyServer::start(port, start)?;
    until("Traefik knows its hosts", || knows(port, host).unwrap_or(false))?;
    Ok(server)
}

fn knows(port: u16, host: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; "HTTP/1.1 404".len()];
    stream.read_exact(&mut start)?;
    Ok(!start.ends_with(b"404"))
}
