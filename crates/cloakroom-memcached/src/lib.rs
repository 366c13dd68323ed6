//! Sessions in Memcached: shared by many nodes, as fast as memory across a network, and forgotten whenever it needs room.
//!
//! ```no_run
//! # async fn open() -> Result<(), Box<dyn std::error::Error>> {
//! use cloakroom_memcached::MemcachedStore;
//!
//! let store = MemcachedStore::connect(&"memcached://cache1:11211,cache2:11211".parse()?).await?;
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
//! A session is one item, written by compare-and-swap with the meta commands of Memcached 1.6. What is kept can be lost at
//! any time, by eviction or a restart: that signs somebody out and does nothing worse. Nothing that was revoked
//! comes back, since nothing but a sign-in creates an item.
//!
//! There is no index by subject: [`MemcachedStore`] is no `SubjectIndex`, so listing and ending the sessions of a subject is a compile
//! error and not a surprise at run time.

mod error;
mod insert;
mod item;
mod link;
mod options;
mod purge;
mod servers;
mod sessions;
mod store;
mod wire;

pub use options::{InvalidMemcachedUrl, MemcachedOptions};
pub use store::MemcachedStore;
