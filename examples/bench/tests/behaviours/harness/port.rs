//! Ports for the program to listen on.

use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range from which the system gives ports to clients: no connection of a test can take one of these
/// between its choice and the program's bind.
const FIRST: u16 = 10_000;
const BLOCKS: u16 = 22;
const PER_BLOCK: u16 = 1_000;

/// A free address on loopback.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = block();
    loop {
        // The first port of the block is its guard.
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % (PER_BLOCK - 1) + 1;
        let address = loopback(first + turn);
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// The first port of a block that is this process's alone: it keeps listening there, so that another run of these
/// tests beside this one finds the block taken.
fn block() -> u16 {
    static GUARD: OnceLock<(u16, TcpListener)> = OnceLock::new();
    let (first, _) = GUARD.get_or_init(|| {
        let mut blocks = (0..BLOCKS).map(|block| FIRST + block * PER_BLOCK);
        let found = blocks.find_map(|first| Some((first, TcpListener::bind(loopback(first)).ok()?)));
        found.expect("fewer runs at once than there are blocks of ports")
    });
    *first
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
