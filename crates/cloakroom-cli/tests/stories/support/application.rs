//! An application behind the gateway, which says what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// An application that answers every request with the request itself.
pub(crate) struct Application {
    pub(crate) address: SocketAddr,
}

impl Application {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                std::thread::spawn(move || while answer(&stream).is_some() {});
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Answers one request; `None` when the connection ends.
fn answer(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let field = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
    };
    let mut stream = stream;
    if field("upgrade").is_some() {
        stream
            .write_all(
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            )
            .ok()?;
        let mut octets = [0; 64];
        loop {
            let count = reader.read(&mut octets).ok().filter(|count| *count > 0)?;
            stream.write_all(&octets[..count]).ok()?;
        }
    }
    if head.starts_with("GET /stream ") {
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            )
            .ok()?;
        stream.write_all(b"8\r\ndata: 1\n\r\n").ok()?;
        // Nothing more comes, and the connection stays open until the other side closes it.
        let _closed = reader.read_to_end(&mut Vec::new());
        return None;
    }
    let length: usize = field("content-length").map_or(0, |(_, value)| value.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let echo = format!("{head}\r\n{}", String::from_utf8_lossy(&body));
    let cookies = "Set-Cookie: app=1; Path=/;  weird=\"x\"\r\nSet-Cookie: __Host-Http-cloakroom=planted; Path=/; Secure\r\nSet-Cookie: __Secure-cloakroom=planted; Domain=example.localhost; Path=/; Secure\r\n";
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{cookies}X-Secret: 1\r\nConnection: keep-alive, X-Secret\r\nContent-Length: {}\r\n\r\n{echo}",
        echo.len()
    );
    stream.write_all(response.as_bytes()).ok()
}
