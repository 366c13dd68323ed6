//! Sockets that are listened on: our own, or those that the process was started with.

use std::io;
use std::net::SocketAddr;

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait to be accepted. Beyond it the system resets some, which a burst of browsers must not see.
const BACKLOG: u32 = 4096;

/// Listens on an address.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart finds the port free although connections of the process before it linger.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Sockets that the process was started with, which outlive it: whoever connects between two processes waits for the second.
///
/// Source: `sd_listen_fds(3)`.
pub(crate) struct Listeners(ListenFd);

impl Listeners {
    /// Those that the environment speaks of. Once for a process.
    pub(crate) fn inherited() -> Self {
        Self(ListenFd::from_env())
    }

    /// The next of them, or a socket of our own on this address; with it whether it outlives this process.
    pub(crate) fn next(&mut self, place: usize, address: SocketAddr) -> io::Result<(TcpListener, bool)> {
        match self.0.take_tcp_listener(place)? {
            Some(listener) => {
                listener.set_nonblocking(true)?;
                Ok((TcpListener::from_std(listener)?, true))
            }
            None => Ok((listen(address)?, false)),
        }
    }
}
