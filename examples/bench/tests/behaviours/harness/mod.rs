//! What the checks stand on: the program as a process, a client that shows every octet, and a browser's jar.
//!
//! Nothing here links against the library. The subject is the running program, reached as a visitor, a proxy
//! or an attacker reaches it: through its two sockets, its standard streams and its database file.

mod answer;
mod bench;
mod control;
mod cookie;
mod database;
mod http2;
mod leaks;
#[cfg(feature = "servers")]
mod own_server;
mod port;
mod random;
mod request;
mod rules;
mod secret;
#[cfg(feature = "servers")]
mod servers;
mod site;
mod stopwatch;
mod stores;
mod visitor;
mod websocket;
mod wire;

pub(crate) use answer::Answer;
pub(crate) use bench::{Bench, Flight};
pub(crate) use control::{Account, StoreMode};
pub(crate) use cookie::SESSION_COOKIE;
pub(crate) use database::Cell;
pub(crate) use http2::ask_over_http2;
#[cfg(feature = "servers")]
pub(crate) use own_server::OwnServer;
pub(crate) use random::Random;
pub(crate) use request::{Request, percent};
pub(crate) use secret::{decoded, forged_token, hex, id_of, spellings_of};
#[cfg(feature = "servers")]
pub(crate) use servers::ServerStore;
pub(crate) use site::{Site, Store};
pub(crate) use stopwatch::Stopwatch;
pub(crate) use stores::{
    on_each_shared_store, on_each_store, on_every_shared_store, on_every_store, on_memcached, on_sealed,
    on_server, on_servers, on_sqlite, on_store,
};
pub(crate) use visitor::{Visitor, password_of};
pub(crate) use websocket::{Frame, WebSocket};
pub(crate) use wire::Connection;
