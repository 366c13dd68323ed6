//! Who is at the other end of a connection.

use std::net::SocketAddr;

/// The address at the other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);
