//! HTTP/1.1 over one socket, read to the letter: status line, fields and body as they came.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::answer::Answer;
use super::request::Request;
use super::rules;

/// Longer than any bound that a check asserts; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that may carry several requests, one after the other.
pub(crate) struct Connection {
    peer: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(peer: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(peer)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { peer, stream: BufReader::new(stream) })
    }

    /// Sends and receives, and holds the answer against the rules that bind every answer.
    pub(crate) fn ask(&mut self, request: &Request) -> Answer {
        self.try_ask(request).expect("the program answers")
    }

    /// Like [`Self::ask`], for a program that may die at any moment.
    pub(crate) fn try_ask(&mut self, request: &Request) -> io::Result<Answer> {
        self.send(request)?;
        let answer = self.receive(request)?;
        rules::check(request, &answer);
        Ok(answer)
    }

    pub(crate) fn send(&mut self, request: &Request) -> io::Result<()> {
        self.send_octets(&request.octets(&self.peer.to_string()))
    }

    pub(crate) fn send_octets(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(octets)
    }

    /// The whole answer to a request that was sent.
    pub(crate) fn receive(&mut self, request: &Request) -> io::Result<Answer> {
        let mut answer = self.receive_head()?;
        self.receive_body(request, &mut answer)?;
        Ok(answer)
    }

    /// Whether anything at all arrives within the time.
    pub(crate) fn hears_something(&mut self, within: Duration) -> bool {
        self.stream.get_ref().set_read_timeout(Some(within)).expect("a socket takes a timeout");
        let heard = matches!(self.stream.fill_buf(), Ok(octets) if !octets.is_empty());
        self.stream.get_ref().set_read_timeout(Some(PATIENCE)).expect("a socket takes a timeout");
        heard
    }

    pub(crate) fn receive_head(&mut self) -> io::Result<Answer> {
        let status_line = self.line()?;
        let text = String::from_utf8_lossy(&status_line);
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| malformed("status line", &status_line))?;
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(Answer::new(status, fields));
            }
            let colon = line.iter().position(|octet| *octet == b':');
            let colon = colon.ok_or_else(|| malformed("field line", &line))?;
            let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
            fields.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
    }

    pub(crate) fn receive_body(&mut self, request: &Request, answer: &mut Answer) -> io::Result<()> {
        let bodiless = request.method() == "HEAD" || matches!(answer.status, 100..=199 | 204 | 304);
        if bodiless {
            return Ok(());
        }
        let chunked = answer.field("transfer-encoding").is_some_and(|coding| coding.contains("chunked"));
        if chunked {
            answer.body = self.chunks()?;
        } else if let Some(length) = answer.field("content-length") {
            let length = length.parse().map_err(|_| malformed("content length", length.as_bytes()))?;
            answer.body = vec![0; length];
            self.stream.read_exact(&mut answer.body)?;
        } else {
            self.stream.read_to_end(&mut answer.body)?;
        }
        Ok(())
    }

    pub(crate) fn octets(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut octets = vec![0; count];
        self.stream.read_exact(&mut octets)?;
        Ok(octets)
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.map_err(|_| malformed("chunk size", &line))?;
            body.extend(self.octets(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }
}

fn malformed(what: &str, octets: &[u8]) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {}", octets.escape_ascii()))
}
