//! The Redis session store of cloakroom, for Valkey, too: one server, a master under Sentinel, or a cluster.
//!
//! ```no_run
//! # async fn example() -> Result<(), cloakroom_redis::RedisOpenError> {
//! let store = cloakroom_redis::RedisStore::open("redis://localhost").await?;
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
//!
//! A session is a string, and a subject's sessions are found by a sorted set beside them. Each operation is one script on
//! keys of one hash slot, in one round trip; loading a session is a `GET`. Time is the caller's: Redis' own expiry only
//! collects rubbish, a day late.
//!
//! How things are called in Redis and what a value holds is written in `keys.rs` and in `value.rs`, and in
//! `docs/stores.md` for those who look inside with `redis-cli`.

mod answer;
mod changes;
mod cluster;
mod creation;
mod dump;
mod error;
mod everyone;
mod inner;
mod keys;
mod link;
mod options;
mod page;
mod purge;
mod purging;
mod router;
mod scan;
mod script;
mod sentinel;
mod sessions;
mod store;
mod subjects;
mod value;
mod walk;

pub use options::{InvalidRedisUrl, RedisOptions};
pub use store::{RedisOpenError, RedisStore};
