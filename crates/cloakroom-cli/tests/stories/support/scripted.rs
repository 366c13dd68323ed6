//! Applications that do exactly what a story needs, octet by octet.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::{Browser, Gateway, PASSWORD};

/// The host that stories of one application use.
pub(crate) const HOST: &str = "login.localhost:9000";

/// Serves every connection by a script, which is told which one it is, from 0.
pub(crate) fn scripted(script: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    std::thread::spawn(move || {
        for (place, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let script = Arc::clone(&script);
            std::thread::spawn(move || script(stream, place));
        }
    });
    address
}

/// The head of a message, with the empty line; what there is when the connection ends.
pub(crate) fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|read| read == 1) {
        head.push(octet[0]);
    }
    String::from_utf8(head).unwrap()
}

/// A whole answer with this body.
pub(crate) fn answer(stream: &mut impl Write, body: &str) {
    let length = body.len();
    // Whoever asked may be gone.
    let _gone = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
}

/// A gateway before one application at its own origin, on these terms, and a browser in which `alice` is signed in.
pub(crate) fn before(upstream: &str, terms: &str, flags: &[&str]) -> (Gateway, Browser) {
    let scheme = if flags.contains(&"--tls-key") { "https" } else { "http" };
    let file = format!(
        "public_url = \"{scheme}://{HOST}\"\n[[app]]\nname = \"it\"\norigin = \"{scheme}://{HOST}\"\n\
         upstream = \"{upstream}\"\n{terms}\n[[app.rule]]\npath = \"/open/*\"\npublic = true\n"
    );
    let gateway = Gateway::configured(&file, flags);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    let mut browser = browser_of(&gateway);
    if scheme == "http" {
        assert_eq!(browser.sign_in("alice", PASSWORD).status, 303);
    }
    (gateway, browser)
}

/// A browser in which nobody is signed in.
pub(crate) fn browser_of(gateway: &Gateway) -> Browser {
    Browser::spread(std::iter::repeat(gateway.address), HOST, "a browser")
}

/// Sends octets as they are and returns whatever comes until the connection ends.
pub(crate) fn raw(address: SocketAddr, octets: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The other side may have hung up over the first of them.
    let _cut = stream.write_all(octets);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Lets an application take its time.
#[expect(clippy::disallowed_methods, reason = "an application that is slow is slow in real time")]
pub(crate) fn take(time: Duration) {
    std::thread::sleep(time);
}
