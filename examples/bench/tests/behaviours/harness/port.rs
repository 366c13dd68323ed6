//! Ports for the program to listen on.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// A free address on loopback, below the range from which the system gives ports to clients: between this
/// choice and the program's bind, no connection of another test can take it.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 22_000;
    let offset = std::process::id().wrapping_mul(499);
    loop {
        let taken = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + offset.wrapping_add(taken) % COUNT;
        let port = u16::try_from(port).expect("the range is below 65536");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
