//! One Memcached server.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use tempfile::TempDir;

use crate::error::ServerError;
use crate::ports::free_port;
use crate::process::{Process, Start};
use crate::programs::program;

/// How long a server that is there may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A Memcached server of its own on the loopback address, gone when it is dropped. What it holds is gone when it is killed.
#[derive(Debug)]
pub struct MemcachedServer {
    process: Process,
    port: u16,
    // Dropped last: the server writes there.
    _folder: TempDir,
}

impl MemcachedServer {
    /// Starts a server with these further options of the command line.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start(options: &[&str]) -> Result<Self, ServerError> {
        let port = free_port()?;
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a folder"))?;
        // It runs as whoever the tests run as, who may be root; UDP is off.
        let fixed = ["-u", "root", "-U", "0", "-l", "127.0.0.1", "-t", "2", "-p"];
        let port_text = port.to_string();
        let arguments = fixed.iter().copied().chain([port_text.as_str()]).chain(options.iter().copied());
        let start = Start {
            program: program("CLOAKROOM_MEMCACHED", "memcached", &[])?,
            arguments: arguments.map(OsString::from).collect(),
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let process = Process::start(start, |pid, _| is_ready(port, pid))?;
        Ok(Self { process, port, _folder: folder })
    }

    /// Where it listens on the loopback address.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("memcached://127.0.0.1:{}", self.port)
    }

    /// Sends a command and reads its answer up to a line that is `end` or an error.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn command(&self, command: &str, end: &str) -> io::Result<Vec<String>> {
        ask(self.port, command, end)
    }

    /// Kills the server, and with it all that it holds.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the server again, with nothing in it.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        let port = self.port;
        self.process.start_again(|pid, _| is_ready(port, pid))
    }

    /// Stops the server where it is; connections stay open and nobody answers on them.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        self.process.resume();
    }
}

/// Whether this very process answers.
fn is_ready(port: u16, pid: u32) -> Result<bool, ServerError> {
    let Ok(lines) = ask(port, "stats", "END") else { return Ok(false) };
    let answering = lines.iter().find_map(|line| line.strip_prefix("STAT pid "));
    match answering {
        Some(answering) if answering.parse() == Ok(pid) => Ok(true),
        Some(other) => {
            Err(ServerError::Foreign { port, evidence: format!("it says that it is process {other}") })
        }
        None => Ok(false),
    }
}

fn ask(port: u16, command: &str, end: &str) -> io::Result<Vec<String>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut lines = Vec::new();
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let is_last = line == end || line.starts_with("ERROR") || line.contains("_ERROR");
        lines.push(line);
        if is_last {
            return Ok(lines);
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_server_held_is_gone() {
        let mut server = MemcachedServer::start(&[]).unwrap();
        assert_eq!(server.command("set a 0 0 1\r\nx", "STORED").unwrap(), ["STORED"]);
        assert_eq!(server.command("get a", "END").unwrap(), ["VALUE a 0 1", "x", "END"]);
        server.kill();
        server.start_again().unwrap();
        assert_eq!(server.command("get a", "END").unwrap(), ["END"]);
    }
}
