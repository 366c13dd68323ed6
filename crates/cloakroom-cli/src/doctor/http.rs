//! HTTP/1.1, octet for octet: what is sent is what an attacker would send, and nothing is tidied on the way.

use std::io::{self, BufRead, BufReader, Read, Write};

/// The longest head and the longest body that are read.
const HEAD_MAX: u64 = 64 * 1024;
const BODY_MAX: u64 = 1024 * 1024;

/// The first line of a message, and its fields in their order, names in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) start: String,
    pub(super) fields: Vec<(String, String)>,
}

/// A request that is about to be sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) start: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: Head,
    pub(super) body: String,
}

impl Head {
    /// Reads a head; `None` when the connection ends before one.
    pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut reader = reader.take(HEAD_MAX);
        let mut head = Self::default();
        loop {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            match line.split_once(':') {
                _ if line.is_empty() => return Ok(Some(head)),
                Some((name, value)) if !head.start.is_empty() => {
                    head.fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                _ => head.start = line,
            }
        }
    }

    /// Every value of a field, in order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a field.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A word of the first line.
    pub(super) fn word(&self, at: usize) -> &str {
        self.start.split(' ').nth(at).unwrap_or_default()
    }

    /// The body that the head announces, or what comes until the connection ends.
    fn read_body(&self, reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if self.one("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            while body.len() as u64 <= BODY_MAX {
                let mut size = String::new();
                reader.by_ref().take(64).read_line(&mut size)?;
                let size = size.trim().split(';').next().and_then(|size| u64::from_str_radix(size, 16).ok());
                let size = size.filter(|size| *size <= BODY_MAX).ok_or(io::ErrorKind::InvalidData)?;
                reader.by_ref().take(size).read_to_end(&mut body)?;
                io::copy(&mut reader.by_ref().take(2), &mut io::sink())?;
                if size == 0 {
                    break;
                }
            }
            return Ok(body);
        }
        let length = self.one("content-length").and_then(|length| length.parse().ok());
        reader.take(length.unwrap_or(BODY_MAX).min(BODY_MAX)).read_to_end(&mut body)?;
        Ok(body)
    }
}

impl Request {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self { start: format!("{method} {target} HTTP/1.1"), fields: Vec::new(), body: String::new() }
    }

    pub(super) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(super) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a browser sends when a person follows a link.
    pub(super) fn page(self) -> Self {
        self.field("Sec-Fetch-Mode", "navigate")
            .field("Sec-Fetch-Site", "same-origin")
            .field("Accept", "text/html")
    }

    /// What a browser sends for a script's request.
    pub(super) fn fetch(self) -> Self {
        self.field("Sec-Fetch-Mode", "cors")
            .field("Sec-Fetch-Site", "same-origin")
            .field("Accept", "application/json")
    }

    /// What a browser sends for a `WebSocket` of a page of this origin.
    pub(super) fn socket(self, origin: &str) -> Self {
        self.field("Connection", "Upgrade")
            .field("Upgrade", "websocket")
            .field("Sec-WebSocket-Version", "13")
            .field("Sec-WebSocket-Key", "Y2xvYWtyb29tIGRvY3Rvcg==")
            .field("Origin", origin)
    }

    /// Sends it over a connection, to a host unless its own fields name one, and reads what comes back.
    pub(super) fn exchange(&self, mut stream: impl Read + Write, host: &str) -> io::Result<Answer> {
        let mut text = format!("{}\r\n", self.start);
        let sent = |name: &str| self.fields.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
        if !sent("host") {
            text.extend(["Host: ", host, "\r\n"]);
        }
        if !sent("connection") {
            text += "Connection: close\r\n";
        }
        for (name, value) in &self.fields {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if !self.body.is_empty() {
            text.extend(["Content-Length: ", &self.body.len().to_string(), "\r\n"]);
        }
        stream.write_all(format!("{text}\r\n{}", self.body).as_bytes())?;
        stream.flush()?;
        let mut reader = BufReader::new(stream);
        let head = Head::read(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.word(1).parse().map_err(|_| io::ErrorKind::InvalidData)?;
        let has_body = status >= 200 && status != 204 && status != 304;
        let body = if has_body { head.read_body(&mut reader)? } else { Vec::new() };
        Ok(Answer { status, head, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

impl Answer {
    /// Whether a browser is led elsewhere.
    pub(super) fn location(&self) -> Option<&str> {
        self.head.one("location").filter(|_| matches!(self.status, 302 | 303))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Head, String) {
        let mut reader = BufReader::new(text.as_bytes());
        let head = Head::read(&mut reader).unwrap().unwrap();
        let body = head.read_body(&mut reader).unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    #[test]
    fn a_body_ends_as_its_head_says() {
        let (head, body) = read("HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nContent-Length: 2\r\n\r\nokmore");
        assert_eq!((head.word(1), body.as_str()), ("200", "ok"));
        assert_eq!(head.all("A").collect::<Vec<_>>(), ["1", "2"]);
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;x\r\n...\r\n0\r\n\r\n";
        assert_eq!(read(chunked).1, "ok...");
        assert_eq!(read("HTTP/1.1 200 OK\r\n\r\nto the end").1, "to the end");
    }
}
