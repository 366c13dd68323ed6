//! Real servers for tests: each on a private free port with a private data folder, and gone with the test.
//!
//! [`Process`] is what they have in common: a server program that can be killed, paused and started again on the same
//! port and data, and that ends with the test process whatever becomes of it. A module a server says how it is
//! started and how one knows that the server that answers is the one that was started.
//!
//! `cargo xtask test` finds or installs the programs and names them in environment variables; without one, the name
//! is looked up in the search path.

mod error;
mod mariadb;
mod memcached;
mod ports;
mod postgres;
mod process;
mod programs;
mod redis;
mod redis_cluster;
mod redis_sentinel;
mod resp;
mod wait;

pub use error::ServerError;
pub use mariadb::{MariaDb, MariaDbSettings};
pub use memcached::MemcachedServer;
pub use ports::free_port;
pub use postgres::{Postgres, PostgresSettings};
pub use process::{Process, Start, User};
pub use redis::{RedisServer, RedisSetup};
pub use redis_cluster::RedisCluster;
pub use redis_sentinel::RedisSentinel;
pub use resp::{Reply, redis_command};
