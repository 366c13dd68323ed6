//! Tables of a program's own, where its operator says.

use std::num::NonZeroUsize;

use cloakroom_sql::{ServerOptions, TableSchema, Tables};

use crate::indexed::IndexedStore;
use crate::open_error::OpenError;
use crate::url::{Address, StoreUrl};

/// The most connections of tables that do not share those of a store.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");

impl StoreUrl {
    /// Opens tables at this address, without a store; makes them where they are missing.
    ///
    /// On a server they have four connections at most.
    ///
    /// # Errors
    /// [`OpenError::NoTables`] where there is no SQL; the others say what is wrong with the address, or with what is there.
    pub async fn open_tables(&self, schema: &TableSchema) -> Result<Tables, OpenError> {
        let options = ServerOptions::default().connections_max(CONNECTIONS);
        Ok(match self.address() {
            Address::Sqlite(path) => Tables::open_sqlite(path, schema).await?,
            Address::Postgres(url) => Tables::open_postgres(url, options, schema).await?,
            Address::MySql(url) => Tables::open_mysql(url, options, schema).await?,
            Address::Memory | Address::Redis(_) | Address::Memcached(_) => {
                return Err(OpenError::NoTables { place: self.to_string() });
            }
        })
    }
}

impl IndexedStore {
    /// Opens tables in the database of this store, on its connections; makes them where they are missing.
    ///
    /// # Errors
    /// [`OpenError::NoTables`] where there is no SQL; the others say why they cannot be made.
    pub async fn tables(&self, schema: &TableSchema) -> Result<Tables, OpenError> {
        Ok(match self {
            Self::Sqlite(store) => Tables::beside_sqlite(store, schema).await?,
            Self::Postgres(store) => Tables::beside_postgres(store, schema).await?,
            Self::MySql(store) => Tables::beside_mysql(store, schema).await?,
            Self::Memory(_) => return Err(OpenError::NoTables { place: "memory:".to_owned() }),
            Self::Redis(_) => return Err(OpenError::NoTables { place: "redis".to_owned() }),
        })
    }
}
