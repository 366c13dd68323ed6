//! How often a node asks its store for each request.

use std::net::{Ipv4Addr, SocketAddr};

use cloakroom_testkit::proxy::FaultProxy;

use super::client::Client;
use super::entry::Entry;
use super::error::NodesError;
use super::node::{Node, Programs};

/// Before these are counted, so many have warmed what is to be warm.
const WARM_UP: u32 = 20;
const REQUESTS: u32 = 200;

/// Starts a node whose line to its store, at this port, is counted on, and sends requests one after the other.
///
/// # Errors
/// [`NodesError`].
///
/// # Panics
/// When the start of a node does.
pub async fn round_trips(programs: &Programs, entry: Entry, store_port: u16) -> Result<f64, NodesError> {
    let store = SocketAddr::from((Ipv4Addr::LOCALHOST, store_port));
    let line = FaultProxy::to(store, 0).await.map_err(NodesError::system("cannot listen for a node"))?;
    let (programs, port) = (programs.clone(), line.address().port());
    // The line is carried by this thread, and the node is ready when it has spoken to its store.
    let node = tokio::task::spawn_blocking(move || Node::start(&programs, entry, Some(port)));
    let node = node.await.expect("a panic goes on")?;
    let mut client = Client::sign_in(node.port(), 0).await?;
    for _ in 0..WARM_UP {
        client.ask().await?;
    }
    let before = line.requests();
    for _ in 0..REQUESTS {
        client.ask().await?;
    }
    let trips = u32::try_from(line.requests() - before).unwrap_or(u32::MAX);
    Ok(f64::from(trips) / f64::from(REQUESTS))
}
