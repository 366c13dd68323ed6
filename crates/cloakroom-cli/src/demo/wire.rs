//! HTTP/1.1 as it is on the wire: what is sent is kept to be shown, octet for octet, and so is what comes back.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long an answer may take; a password is checked meanwhile.
const WAIT: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const OCTETS_MAX: u64 = 256 * 1024;

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The first line and the fields, as they came.
    pub(super) head: String,
    pub(super) body: String,
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) request: String,
    pub(super) answer: Answer,
}

impl Exchange {
    /// Sends a request over a connection of its own, from this address of the machine if it has it.
    pub(super) async fn of(to: SocketAddr, from: IpAddr, request: String) -> io::Result<Self> {
        let octets = timeout(WAIT, exchange(to, from, request.as_bytes())).await??;
        let answer = Answer::parse(&String::from_utf8_lossy(&octets)).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { request, answer })
    }
}

async fn exchange(to: SocketAddr, from: IpAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = connect(to, from).await?;
    stream.write_all(request).await?;
    let mut octets = Vec::new();
    stream.take(OCTETS_MAX).read_to_end(&mut octets).await?;
    Ok(octets)
}

/// Not every system has more loopback addresses than one.
async fn connect(to: SocketAddr, from: IpAddr) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    match socket.bind(SocketAddr::new(from, 0)) {
        Ok(()) => socket.connect(to).await,
        Err(_) => TcpStream::connect(to).await,
    }
}

impl Answer {
    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Self { status, head: head.replace("\r\n", "\n"), body: body.to_owned() };
        if answer.field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            answer.body = unchunked(body)?;
        }
        Some(answer)
    }

    /// Every value of a field, in order.
    pub(super) fn fields(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The first value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The value that the answer gives a cookie; empty where it removes it.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.fields("set-cookie").filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.filter(|(set, _)| *set == name).map(|(_, value)| value).last()
    }

    /// Whether it leads to the sign-in, as it does with whoever is not signed in.
    pub(super) fn asks_to_sign_in(&self) -> bool {
        matches!(self.status, 302 | 303)
            && self.field("location").is_some_and(|place| place.starts_with("/_cloakroom/login"))
    }
}

fn unchunked(mut body: &str) -> Option<String> {
    let mut whole = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole += rest.get(..size)?;
        body = rest.get(size..)?.strip_prefix("\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_cookie_and_the_way_it_leads() {
        let answer = Answer::parse(
            "HTTP/1.1 303 See Other\r\nLocation: /_cloakroom/login?next=%2F\r\nSet-Cookie: a=1; Secure\r\nset-cookie: b=2\r\n\r\n",
        );
        let answer = answer.unwrap();
        assert!(answer.asks_to_sign_in());
        assert_eq!(
            (answer.cookie("a"), answer.cookie("b"), answer.cookie("c")),
            (Some("1"), Some("2"), None)
        );
    }

    #[test]
    fn a_body_in_chunks_is_put_together_and_one_that_breaks_off_is_no_answer() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let body = |chunks: &str| Answer::parse(&format!("{head}{chunks}")).map(|answer| answer.body);
        assert_eq!(body("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n").as_deref(), Some("abcde"));
        assert_eq!(body("5\r\nab"), None);
    }
}
