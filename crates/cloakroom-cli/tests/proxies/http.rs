//! HTTP/1.1, octet for octet: what is sent is what the test says, and nothing is tidied on the way.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first line of a message, and its fields in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) start: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Head {
    /// Reads a head; `None` when the connection ends before one.
    pub(crate) fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut head = Self::default();
        loop {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line).ok()? == 0 {
                return None;
            }
            let line = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            if line.is_empty() {
                return Some(head);
            }
            match line.split_once(':') {
                Some((name, value)) if !head.start.is_empty() => {
                    head.fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                _ => head.start = line,
            }
        }
    }

    /// Every value of a field, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let values = self.fields.iter().filter(|(field, _)| field == name);
        values.map(|(_, value)| value.as_str()).collect()
    }

    /// The one value of a field.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let values = self.all(name);
        assert!(values.len() < 2, "{name} twice: {self:?}");
        values.first().copied()
    }

    /// A word of the first line.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.start.split(' ').nth(at).unwrap_or_default()
    }

    /// Whether any field but one of these holds a text.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        self.start.contains(text)
            || self.fields.iter().any(|(name, value)| name.contains(text) || value.contains(text))
    }

    /// The body that the head announces.
    pub(crate) fn read_body(&self, reader: &mut impl BufRead) -> Vec<u8> {
        let mut body = Vec::new();
        if self.all("transfer-encoding").contains(&"chunked") {
            loop {
                let mut size = String::new();
                reader.read_line(&mut size).unwrap();
                let size = usize::from_str_radix(size.trim(), 16).unwrap();
                let mut chunk = vec![0; size + 2];
                reader.read_exact(&mut chunk).unwrap();
                if size == 0 {
                    return body;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        }
        let length = self.one("content-length").map_or(0, |length| length.parse().unwrap());
        body.resize(length, 0);
        reader.read_exact(&mut body).unwrap();
        body
    }
}

/// A request that is about to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    start: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    /// What it is known by, wherever it is recorded.
    mark: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: Head,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("test/{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let fields = vec![("User-Agent".to_owned(), mark.clone())];
        Self { start: format!("{method} {target} HTTP/1.1"), fields, body: Vec::new(), mark }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.field("Content-Length", &length)
    }

    /// A body whose length nobody knows yet.
    pub(crate) fn chunks(mut self, chunks: &[&str]) -> Self {
        let coded = chunks.iter().map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()));
        self.body = (coded.collect::<String>() + "0\r\n\r\n").into_bytes();
        self.field("Transfer-Encoding", "chunked")
    }

    /// What a browser sends for a page.
    pub(crate) fn page(self) -> Self {
        self.field("Sec-Fetch-Mode", "navigate")
            .field("Sec-Fetch-Dest", "document")
            .field("Accept", "text/html,*/*;q=0.8")
    }

    /// What a browser sends for a script's request.
    pub(crate) fn fetch(self) -> Self {
        self.field("Sec-Fetch-Mode", "cors").field("Accept", "application/json")
    }

    /// What a browser sends for a WebSocket of a page of this origin.
    pub(crate) fn socket(self, origin: &str) -> Self {
        self.field("Connection", "Upgrade")
            .field("Upgrade", "websocket")
            .field("Sec-WebSocket-Version", "13")
            .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .field("Origin", origin)
    }

    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// Sends it, to a host unless its own fields name one.
    pub(crate) fn send(&self, port: u16, host: &str) -> Answer {
        let (_, answer) = self.open(port, host);
        answer
    }

    /// The same, and keeps the connection.
    pub(crate) fn open(&self, port: u16, host: &str) -> (TcpStream, Answer) {
        let mut text = format!("{}\r\n", self.start);
        if !self.fields.iter().any(|(name, _)| name == "Host") {
            write!(text, "Host: {host}\r\n").unwrap();
        }
        for (name, value) in &self.fields {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        let begun = now();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&[text.as_bytes(), b"\r\n", &self.body].concat()).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let head = Head::read(&mut reader).unwrap_or_else(|| panic!("no answer to {text}"));
        let status = head.word(1).parse().unwrap();
        let has_body = !self.start.starts_with("HEAD ") && status != 101;
        let body = if has_body { head.read_body(&mut reader) } else { Vec::new() };
        let body = String::from_utf8_lossy(&body).into_owned();
        (stream, Answer { status, head, body, took: now() - begun })
    }
}

impl Answer {
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.head.one(name)
    }

    /// The request that the application says it was sent, with its body.
    pub(crate) fn echo(&self) -> (Head, &str) {
        assert_eq!(self.status, 200, "{self:?}");
        let (head, body) = self.body.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no echo: {self:?}"));
        let mut reader = BufReader::new(head.as_bytes().chain(&b"\r\n\r\n"[..]));
        (Head::read(&mut reader).unwrap(), body)
    }
}

/// Sends octets over a WebSocket's connection and reads as many back.
pub(crate) fn echo_over(stream: &mut TcpStream, octets: &[u8]) -> Vec<u8> {
    stream.write_all(octets).unwrap();
    let mut back = vec![0; octets.len()];
    stream.read_exact(&mut back).unwrap();
    back
}

#[expect(clippy::disallowed_methods, reason = "a stall is a matter of real time")]
fn now() -> Instant {
    Instant::now()
}
