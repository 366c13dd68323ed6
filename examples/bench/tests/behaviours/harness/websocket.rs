//! A WebSocket client that reads what a server sends (RFC 6455), and says nothing.

use super::answer::Answer;
use super::bench::Bench;
use super::request::Request;
use super::rules;
use super::wire::Connection;

/// A connection after its handshake.
pub(crate) struct WebSocket(Connection);

/// What a server sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(String),
    /// Closed by the server, with its status code.
    Close(Option<u16>),
    /// Pings and whatever else.
    Other(u8),
}

impl WebSocket {
    /// The handshake, with this cookie and these further fields; the answer where it is refused.
    #[track_caller]
    pub(crate) fn open(bench: &Bench, token: Option<&str>, fields: &[(&str, &str)]) -> Result<Self, Answer> {
        let mut request = Request::get("/ws")
            .field("Connection", "Upgrade")
            .field("Upgrade", "websocket")
            .field("Sec-WebSocket-Version", "13")
            .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .maybe_token(token);
        for (name, value) in fields {
            request = request.field(name, *value);
        }
        let mut connection = bench.connect();
        connection.send(&request).expect("the program takes the request");
        let mut answer = connection.receive_head().expect("the program answers");
        rules::check(&request, &answer);
        if answer.status == 101 {
            assert_eq!(answer.field("sec-websocket-accept").as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            return Ok(Self(connection));
        }
        connection.receive_body(&request, &mut answer).expect("the body arrives");
        Err(answer)
    }

    /// The next frame; an end of the connection without one is a close without a code.
    pub(crate) fn next(&mut self) -> Frame {
        self.read_frame().unwrap_or(Frame::Close(None))
    }

    fn read_frame(&mut self) -> std::io::Result<Frame> {
        let head = self.0.octets(2)?;
        let length = match head[1] & 0x7f {
            126 => {
                let extended = self.0.octets(2)?;
                usize::from(u16::from_be_bytes([extended[0], extended[1]]))
            }
            short => usize::from(short),
        };
        let payload = self.0.octets(length)?;
        Ok(match head[0] & 0x0f {
            1 => Frame::Text(String::from_utf8_lossy(&payload).into_owned()),
            8 => Frame::Close(payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]))),
            other => Frame::Other(other),
        })
    }
}
