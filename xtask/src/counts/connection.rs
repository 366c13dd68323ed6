//! A client of HTTP/1.1 that asks one thing after the other, and an application that answers.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A connection, and what has come on it.
#[derive(Debug)]
pub(super) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(super) fn to(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request; the answer's head and body.
    pub(super) fn ask(&mut self, request: &str) -> io::Result<(String, String)> {
        self.0.get_mut().write_all(request.as_bytes())?;
        let head = read_head(&mut self.0)?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or_default()];
        self.0.read_exact(&mut body)?;
        Ok((head, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// An application that answers every request with six octets, until this process ends; its port.
pub(super) fn application() -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let _hung_up = answer_all(stream);
            });
        }
    });
    Ok(port)
}

fn answer_all(mut stream: TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    stream.set_nodelay(true)?;
    loop {
        read_head(&mut requests)?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nhello\n")?;
    }
}

/// The lines to the first empty one.
fn read_head(from: &mut impl BufRead) -> io::Result<String> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if from.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head[before..].trim_end().is_empty() {
            return Ok(head);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_answers_as_often_as_it_is_asked() {
        let mut connection = Connection::to(application().unwrap()).unwrap();
        for _ in 0..3 {
            let (head, body) = connection.ask("GET / HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
            assert_eq!(body, "hello\n");
        }
    }
}
