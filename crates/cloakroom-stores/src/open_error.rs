//! Why a store, or tables, could not be opened.

use cloakroom::store::StoreError;
use cloakroom_memcached::InvalidMemcachedUrl;
use cloakroom_redis::RedisOpenError;
use cloakroom_sql::{ConnectError, OpenError as SqliteOpenError};
use thiserror::Error;

/// Why a store could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file.
    #[error(transparent)]
    Sqlite(#[from] SqliteOpenError),
    /// The database server.
    #[error(transparent)]
    Sql(#[from] ConnectError),
    /// Redis.
    #[error(transparent)]
    Redis(#[from] RedisOpenError),
    /// The address of Memcached.
    #[error(transparent)]
    MemcachedUrl(#[from] InvalidMemcachedUrl),
    /// Memcached.
    #[error(transparent)]
    Memcached(#[from] StoreError),
    /// There is no SQL.
    #[error("{place} has no tables; those are in sqlite:, postgres:// and mysql://")]
    NoTables {
        /// Where they were to be, without a password.
        place: String,
    },
}
