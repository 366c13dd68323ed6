//! From an address to a store.

use std::sync::Arc;

use cloakroom::MemoryStore;
use cloakroom_memcached::MemcachedStore;
use cloakroom_redis::RedisStore;
use cloakroom_sql::{MySqlStore, PostgresStore, SqliteStore};

use crate::indexed::IndexedStore;
use crate::open_error::OpenError;
use crate::url::{Address, StoreUrl};

/// An open store, by what it can do.
#[derive(Clone, Debug)]
pub enum AnyStore {
    /// It finds sessions by their subject.
    Indexed(IndexedStore),
    /// It does not: nobody's sessions can be listed, counted or ended together.
    Plain(MemcachedStore),
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
