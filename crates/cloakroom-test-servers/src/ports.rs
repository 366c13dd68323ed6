//! Ports that nobody has.

use std::collections::HashSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::error::ServerError;

/// Given out by this process before; a server that was killed gets its own again, so nobody else may have it.
static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A TCP port of the loopback address that is free now and that this process has not given out before.
///
/// Another process may take it before the server does; the server then ends and [`Process::start`](crate::Process::start)
/// says so.
///
/// # Errors
/// [`ServerError::System`] when there is none.
pub fn free_port() -> Result<u16, ServerError> {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .map_err(ServerError::system("cannot find a free port"))?;
        let address = listener.local_addr().map_err(ServerError::system("cannot find a free port"))?;
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(address.port()) {
            return Ok(address.port());
        }
    }
}
