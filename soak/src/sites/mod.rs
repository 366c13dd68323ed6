//! Every store with its servers.

mod cluster;
mod memcached;
mod memory;
mod near;
mod redis;
mod sentinel;
mod sql;
mod sqlite;

pub(crate) use cluster::ClusterSite;
pub(crate) use memcached::MemcachedSite;
pub(crate) use memory::MemorySite;
pub(crate) use near::NearSite;
pub(crate) use redis::RedisSite;
pub(crate) use sentinel::SentinelSite;
pub(crate) use sql::{MariaDbSite, PostgresSite};
pub(crate) use sqlite::SqliteSite;
