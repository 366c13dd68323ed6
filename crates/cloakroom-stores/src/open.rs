//! From an address to a store.

use std::sync::Arc;

use cloakroom::MemoryStore;
use cloakroom::store::StoreError;
use cloakroom_memcached::{InvalidMemcachedUrl, MemcachedStore};
use cloakroom_redis::{RedisOpenError, RedisStore};
use cloakroom_sql::{ConnectError, MySqlStore, OpenError as SqliteOpenError, PostgresStore, SqliteStore};
use thiserror::Error;

use crate::indexed::IndexedStore;
use crate::url::{Address, StoreUrl};

/// An open store, by what it can do.
#[derive(Clone, Debug)]
pub enum AnyStore {
    /// It finds sessions by their subject.
    Indexed(IndexedStore),
    /// It does not: nobody's sessions can be listed, counted or ended together.
    Plain(MemcachedStore),
}

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

impl StoreUrl {
    /// Opens the store at this address; makes its tables where there are none.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the address, or with what is there.
    pub async fn open(&self) -> Result<AnyStore, OpenError> {
        Ok(AnyStore::Indexed(match self.address() {
            Address::Memory => IndexedStore::Memory(Arc::new(MemoryStore::new())),
            Address::Sqlite(path) => IndexedStore::Sqlite(SqliteStore::open(path).await?),
            Address::Postgres(url) => IndexedStore::Postgres(PostgresStore::open(url).await?),
            Address::MySql(url) => IndexedStore::MySql(MySqlStore::open(url).await?),
            Address::Redis(url) => IndexedStore::Redis(RedisStore::open(url).await?),
            Address::Memcached(url) => {
                return Ok(AnyStore::Plain(MemcachedStore::connect(&url.parse()?).await?));
            }
        }))
    }
}
