//! Tells whoever manages this process, such as systemd, how it is. Without a manager nothing is told.
//!
//! Source: `sd_notify(3)`, "Notes": one datagram of lines to the socket that `NOTIFY_SOCKET` names.

use std::ffi::OsStr;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

const SOCKET: &str = "NOTIFY_SOCKET";

/// It answers requests; `status` is what `systemctl status` shows.
pub(crate) fn ready(status: &str) {
    tell(&format!("READY=1\nSTATUS={}", on_one_line(status)));
}

/// It reads its configuration again.
pub(crate) fn reloading() {
    tell("RELOADING=1\nSTATUS=reading the configuration");
}

/// It has been told to end.
pub(crate) fn stopping() {
    tell("STOPPING=1\nSTATUS=ending; requests under way may finish");
}

fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn tell(message: &str) {
    let Some(socket) = std::env::var_os(SOCKET) else { return };
    if let Err(error) = send(&socket, message) {
        tracing::warn!(%error, "the service manager cannot be told how this process is");
    }
}

fn send(socket: &OsStr, message: &str) -> std::io::Result<()> {
    let address = match socket.as_bytes() {
        // A name that is in no folder.
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        path => SocketAddr::from_pathname(OsStr::from_bytes(path))?,
    };
    UnixDatagram::unbound()?.send_to_addr(message.as_bytes(), &address).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_at_a_path_and_at_a_name_in_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("cloakroom-test-{}", std::process::id());
        let abstract_name = SocketAddr::from_abstract_name(&name).unwrap();
        for (socket, address) in [
            (UnixDatagram::bind(&path).unwrap(), path.into_os_string()),
            (UnixDatagram::bind_addr(&abstract_name).unwrap(), format!("@{name}").into()),
        ] {
            send(&address, "READY=1").unwrap();
            let mut octets = [0; 16];
            let length = socket.recv(&mut octets).unwrap();
            assert_eq!(&octets[..length], b"READY=1");
        }
    }

    #[test]
    fn a_status_is_one_line_whatever_an_error_says() {
        assert_eq!(on_one_line("a\nREADY=1"), "a READY=1");
    }
}
