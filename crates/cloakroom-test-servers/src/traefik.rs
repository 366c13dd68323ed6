//! Traefik.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};
use crate::wait::until;

fn start(fixed: &str, dynamic: &str) -> Result<ProxyStart, ServerError> {
    Ok(ProxyStart {
        program: program("CLOAKROOM_TRAEFIK", "traefik", &[])?,
        arguments: vec!["--configFile=traefik.yml"],
        paths: Vec::new(),
        files: vec![("traefik.yml", fixed.to_owned()), ("cloakroom.yml", dynamic.to_owned())],
    })
}

/// Starts Traefik with a static configuration, which says that it listens on this port and that the other part is the file
/// `cloakroom.yml` of its folder.
///
/// It listens before it has read that other part, and until then answers 404 to everything: it is asked again until it knows
/// this host.
///
/// # Errors
/// [`ServerError`], with what it wrote.
pub fn serve_traefik(port: u16, host: &str, fixed: &str, dynamic: &str) -> Result<ProxyServer, ServerError> {
    let server = ProxyServer::start(port, start(fixed, dynamic)?)?;
    until("Traefik knows its hosts", || knows(port, host).unwrap_or(false))?;
    Ok(server)
}

/// Has Traefik look at a configuration for this port, until it says that it reaches this host by TLS: it has no other way to look
/// at one.
///
/// # Errors
/// [`ServerError`], with what it wrote when that is an error.
pub fn check_traefik(port: u16, host: &str, fixed: &str, dynamic: &str) -> Result<(), ServerError> {
    let start = start(&format!("{fixed}log: {{ level: DEBUG, noColor: true }}\n"), dynamic)?;
    let program = start.program.clone();
    let server = ProxyServer::start(port, start)?;
    let reached = format!("Adding route for {host} with TLS");
    until("Traefik reaches its hosts by TLS", || server.log().contains(&reached))?;
    let log = server.log();
    if log.contains(" ERR ") { Err(ServerError::Preparation { program, log }) } else { Ok(()) }
}

fn knows(port: u16, host: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; "HTTP/1.1 404".len()];
    stream.read_exact(&mut start)?;
    Ok(!start.ends_with(b"404"))
}
