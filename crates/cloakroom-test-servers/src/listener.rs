//! Which process listens on a port, as the kernel tells.

use std::fs;
use std::path::Path;

use crate::error::ServerError;

/// What `/proc/net/tcp` calls a socket that listens.
const LISTENING: &str = "0A";

/// Whether this process listens on this port of the loopback address; `false` while nobody does.
///
/// # Errors
/// [`ServerError::Foreign`] when another process does.
pub(crate) fn listens(pid: u32, port: u16) -> Result<bool, ServerError> {
    let table = fs::read_to_string("/proc/net/tcp")
        .map_err(ServerError::system("cannot read the sockets of this machine"))?;
    let Some(inode) = table.lines().find_map(|line| listener_on(port, line)) else { return Ok(false) };
    if has_socket(pid, inode) {
        return Ok(true);
    }
    Err(ServerError::Foreign { port, evidence: format!("process {pid} does not have socket {inode}") })
}

/// The inode of the socket of this line when it listens on the port.
fn listener_on(port: u16, line: &str) -> Option<&str> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (address, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    let (_, listened) = address.rsplit_once(':')?;
    let is_it = *state == LISTENING && u16::from_str_radix(listened, 16) == Ok(port);
    is_it.then_some(inode)
}

fn has_socket(pid: u32, inode: &str) -> bool {
    let socket = format!("socket:[{inode}]");
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_link(file.path()).ok()).any(|target| target == Path::new(&socket))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::process::wait_a_moment;

    #[test]
    fn a_listener_is_ours_and_not_the_first_process_of_the_machine() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(std::process::id(), port).unwrap());
        assert!(matches!(listens(u32::MAX, port), Err(ServerError::Foreign { .. })));
        drop(listener);
        // A test beside this one may be starting a program, whose process has all our sockets until it becomes that program.
        while !matches!(listens(std::process::id(), port), Ok(false)) {
            wait_a_moment();
        }
    }
}
