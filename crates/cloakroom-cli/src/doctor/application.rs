//! In the application's place: says what the proxy hands on.

use std::io::{self, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::http::Head;

/// The most requests that are kept.
const KEPT_MAX: usize = 1000;

/// Listens where the application would, for as long as the examination takes.
#[derive(Clone, Debug)]
pub(super) struct Application(Arc<Mutex<Vec<Head>>>);

impl Application {
    /// Takes the application's place.
    pub(super) fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let application = Self(Arc::default());
        let got = application.clone();
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let got = got.clone();
                thread::spawn(move || got.answer(&stream));
            }
        });
        Ok(application)
    }

    /// The request that has this text in its first line, if it arrived.
    pub(super) fn got(&self, mark: &str) -> Option<Head> {
        let got = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        got.iter().find(|head| head.start.contains(mark)).cloned()
    }

    fn answer(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Ok(Some(head)) = Head::read(&mut reader) {
            let upgrades = head.one("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
            {
                let mut got = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if got.len() < KEPT_MAX {
                    got.push(head);
                }
            }
            let answer: &[u8] = if upgrades {
                // What the key of our own handshakes makes: HAProxy holds it against it. RFC 6455 4.2.2
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Accept: rTniT+Bf047SURTL/8QfVfsMea4=\r\n\r\n"
            } else {
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\ncloakroom doctor"
            };
            let mut writer = stream;
            if writer.write_all(answer).is_err() || upgrades {
                return;
            }
        }
    }
}
