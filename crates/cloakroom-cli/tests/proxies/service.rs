//! Small servers behind a proxy: one that says what it was sent, and one that plays the gateway's answers.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::http::Head;

/// What a server was asked, and on which of its connections.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) connection: usize,
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// A server that keeps what it was asked.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    /// An application that answers every request with the request itself, and echoes over `WebSocket`s.
    pub(crate) fn application() -> Self {
        Self::start(echo)
    }

    /// A gateway that decides by a cookie `answer`, whose value is the status. It knows one session, `session=good`.
    pub(crate) fn gateway() -> Self {
        Self::start(decide)
    }

    fn start(answer: fn(&Asked) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let service = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let asked = Arc::clone(&service.asked);
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let asked = Arc::clone(&asked);
                thread::spawn(move || serve(connection, &stream, &asked, answer));
            }
        });
        service
    }

    /// What was asked for the request with this mark.
    pub(crate) fn asked(&self, mark: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.head.all("user-agent").contains(&mark)).cloned().collect()
    }
}

fn serve(
    connection: usize,
    mut stream: &TcpStream,
    asked: &Mutex<Vec<Asked>>,
    answer: fn(&Asked) -> String,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let head = Head::read(&mut reader)?;
        let body = head.read_body(&mut reader);
        let one = Asked { connection, head, body };
        asked.lock().unwrap().push(one.clone());
        let text = answer(&one);
        stream.write_all(text.as_bytes()).ok()?;
        if text.starts_with("HTTP/1.1 101") {
            let mut octets = [0; 64];
            loop {
                let count = reader.read(&mut octets).ok().filter(|count| *count > 0)?;
                stream.write_all(&octets[..count]).ok()?;
            }
        }
        let is_last = one.head.start.ends_with("/1.0") || one.head.all("connection").contains(&"close");
        if is_last {
            return None;
        }
    }
}

fn echo(asked: &Asked) -> String {
    if !asked.head.all("upgrade").is_empty() {
        // The answer to the one key that the tests send (RFC 6455, 1.3).
        let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        return format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{accept}\r\n\r\n"
        );
    }
    let fields = asked.head.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!("{}\r\n{}\r\n", asked.head.start, fields.collect::<String>());
    answer_of(200, "Content-Type: text/plain\r\n", &(head + &String::from_utf8_lossy(&asked.body)))
}

fn decide(asked: &Asked) -> String {
    if !asked.head.word(1).starts_with("/_cloakroom/verify/") {
        return echo(asked);
    }
    let cookies: Vec<&str> = asked.head.all("cookie").into_iter().flat_map(|line| line.split("; ")).collect();
    let status = cookies.iter().find_map(|cookie| cookie.strip_prefix("answer="));
    let is_known = cookies.contains(&"session=good");
    let status: u16 = status.map_or(if is_known { 200 } else { 401 }, |status| status.parse().unwrap());
    let page = "Content-Type: text/html\r\nCache-Control: no-store\r\n";
    match status {
        200 => {
            let others: Vec<&str> = cookies.into_iter().filter(|cookie| *cookie != "session=good").collect();
            let identity = format!(
                "Remote-User: alice\r\nRemote-Groups: staff,ops\r\nRemote-Name: Alice L.\r\nRemote-Email:\r\n\
                 X-Cloakroom-Session: 00ff\r\nX-Cloakroom-Aal: 1\r\nX-Cloakroom-Auth-Time: 1700000000\r\n\
                 X-Cloakroom-Jwt:\r\nCookie: {}\r\n",
                others.join("; ")
            );
            answer_of(200, &(identity + "Cache-Control: no-store\r\n"), "")
        }
        302 | 303 if asked.head.word(1).ends_with("/nginx") => answer_of(401, LOCATION, ""),
        302 | 303 => answer_of(status, LOCATION, "moved"),
        401 => {
            let fields = "WWW-Authenticate: Cloakroom realm=\"wiki\", login=\"https://login.example/\"\r\n\
                          X-Cloakroom-Login: https://login.example/\r\nContent-Type: application/json\r\n\
                          Cache-Control: no-store\r\n";
            answer_of(401, fields, r#"{"error":"session_required"}"#)
        }
        429 | 503 => answer_of(status, &format!("{page}Retry-After: 2\r\n"), "later"),
        _ => answer_of(status, page, "refused"),
    }
}

/// Where the gateway sends people who have to sign in.
pub(crate) const LOCATION: &str = "Location: https://login.example/_cloakroom/login?rd=http%3A%2F%2Fwiki%2Fa%3Fb\r\nCache-Control: no-store\r\n";

fn answer_of(status: u16, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}
