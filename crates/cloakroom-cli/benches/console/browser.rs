//! A browser that asks for one page after the other, on one connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::house::PASSWORD;

/// Somebody who is signed in.
pub(crate) struct Browser {
    stream: TcpStream,
    port: u16,
    cookie: String,
}

impl Browser {
    /// Signs `root` in.
    pub(crate) fn signed_in(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut browser = Self { stream, port, cookie: String::new() };
        let body = format!("username=root&password={}", PASSWORD.replace(' ', "+"));
        let (head, _) = browser.exchange(&format!(
            "POST /_cloakroom/login HTTP/1.1\r\nhost: localhost:{port}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
        cookie.unwrap_or_else(|| panic!("cannot sign in: {head}")).clone_into(&mut browser.cookie);
        browser
    }

    /// The status of a page, and how many octets it has.
    pub(crate) fn get(&mut self, path: &str) -> (u16, usize) {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\ncookie: {}\r\nsec-fetch-site: none\r\n\
             sec-fetch-mode: navigate\r\naccept: text/html\r\n\r\n",
            self.port, self.cookie
        );
        let (head, octets) = self.exchange(&request);
        (head.split(' ').nth(1).unwrap().parse().unwrap(), octets)
    }

    fn exchange(&mut self, request: &str) -> (String, usize) {
        self.stream.write_all(request.as_bytes()).unwrap();
        let (mut octets, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let read = self.stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the gateway hung up: {}", String::from_utf8_lossy(&octets));
            octets.extend_from_slice(&buffer[..read]);
            let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&octets[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let length: usize = length.unwrap_or(0);
            if octets.len() >= end + 4 + length {
                // Names of fields are in lower case as they are sent; the cookie has both.
                return (String::from_utf8_lossy(&octets[..end]).into_owned(), length);
            }
        }
    }
}
