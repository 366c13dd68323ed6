//! Real servers for tests: each on a private free port with a private data folder, and gone with the test.
//!
//! [`Process`] is what they have in common: a server program that can be killed, paused and started again on the same
//! port and data, and that ends with the test process whatever becomes of it. A module a server says how it is
//! started and how one knows that the server that answers is the one that was started.
//!
//! `cargo xtask test` finds or installs the programs and names them in environment variables; without one, the name
//! is looked up in the search path.

mod caddy;
mod envoy;
mod error;
mod haproxy;
mod listener;
mod mariadb;
mod memcached;
mod networks;
mod nginx;
mod oidc_provider;
mod pebble;
mod ports;
mod postgres;
mod process;
mod programs;
mod proxy;
mod redis;
mod redis_cluster;
mod redis_sentinel;
mod reference;
mod resp;
mod traefik;
mod wait;

pub use caddy::Caddy;
pub use envoy::{check_envoy, serve_envoy};
pub use error::ServerError;
pub use haproxy::{check_haproxy, serve_haproxy};
pub use mariadb::{MariaDb, MariaDbSettings};
pub use memcached::MemcachedServer;
pub use networks::networks_file;
pub use nginx::Nginx;
pub use oidc_provider::{OidcClient, OidcProvider};
pub use pebble::Pebble;
pub use ports::{free_port, vacant_address};
pub use postgres::{Postgres, PostgresSettings};
pub use process::{Process, Start, User};
pub use proxy::ProxyServer;
pub use redis::{RedisServer, RedisSetup};
pub use redis_cluster::RedisCluster;
pub use redis_sentinel::RedisSentinel;
pub use reference::reference_page;
pub use resp::{Reply, redis_command};
pub use traefik::{check_traefik, serve_traefik};
