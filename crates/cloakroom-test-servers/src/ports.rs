//! Ports that nobody has, and that nobody gets while this process lives.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::error::ServerError;

/// Below those that systems give to outgoing connections and to whoever asks for any port, 32768 on Linux and more elsewhere: one of
/// those could be taken by a stranger's connection at the moment when its server is killed and started again.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// What this process has been given, and where it looks next.
static GIVEN: LazyLock<Mutex<Given>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Given {
    looked_at: usize,
    /// One locked file a port. The system gives a lock back when its process is gone, however it went.
    locks: Vec<File>,
}

/// A TCP port of the loopback address on which nobody listens. No other test gets it while this process lives, be it of this
/// program or of one beside it, so that a server that was killed can be started again where it was.
///
/// # Errors
/// [`ServerError::System`] when there is none, or the folder for temporary files cannot be written.
pub fn free_port() -> Result<u16, ServerError> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder()?;
    // Programs begin at different places, or each would try what those before it have taken.
    let begin = process::id().wrapping_mul(97) % u32::from(COUNT);
    let ports = (FIRST..FIRST + COUNT).cycle().skip(begin as usize + given.looked_at);
    for port in ports.take(COUNT.into()) {
        given.looked_at += 1;
        let path = folder.join(port.to_string());
        let lock = File::create(path).map_err(ServerError::system("cannot make the lock of a port"))?;
        if lock.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            given.locks.push(lock);
            return Ok(port);
        }
    }
    Err(ServerError::system("cannot find a free port")(io::ErrorKind::AddrInUse.into()))
}

/// An address of the loopback network where nobody answers while this process lives.
///
/// # Errors
/// As of [`free_port`].
pub fn vacant_address() -> Result<SocketAddr, ServerError> {
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?)))
}

/// Where the locks are. The files stay, empty: one that was removed while another waits to lock it would be two.
fn folder() -> Result<PathBuf, ServerError> {
    let folder = std::env::temp_dir().join("cloakroom-test-ports");
    fs::create_dir_all(&folder).map_err(ServerError::system("cannot make the folder of the ports' locks"))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_is_none_of_those_that_connections_get() {
        let mut ports: Vec<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert!(ports.iter().all(|port| (20_000..32_000).contains(port)), "{ports:?}");
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 50);
    }

    #[test]
    fn a_port_that_was_given_is_locked_against_others() {
        let port = free_port().unwrap();
        // Locks are the file's, not the process's: who opens it anew is another.
        let others = File::open(folder().unwrap().join(port.to_string())).unwrap();
        assert!(others.try_lock().is_err());
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(), "nobody listens");
    }
}
