//! Tables of an application's own.

use std::path::Path;

use cloakroom_core::store::StoreError;

#[cfg(feature = "server")]
use crate::server::{ConnectError, ServerOptions, ServerTables};
use crate::sqlite::{OpenError, SqliteStore, SqliteTables};
use crate::tables::{Changed, Datum, Part, Record, TableSchema};

/// Tables of an application's own, in any database that this crate knows. Every clone is the same.
///
/// Statements are in the SQL that all of them understand, with the values as `$1`, `$2`, .. in any order; a value need not
/// occur. A unique index that is violated is an error of the kind [`Duplicate`](cloakroom_core::store::ErrorKind::Duplicate).
///
/// What one process has written, the next read of every other sees, and it is on the disk. An operation has the time-outs of
/// a store on that database. Transactions are `READ COMMITTED`, or serial in SQLite: what must be so when a statement writes
/// is said in that statement, or by a unique index.
///
/// Must be used from within a tokio runtime.
///
/// # Security
/// A statement is a constant of the program; what comes from outside is a value.
#[derive(Clone, Debug)]
pub struct Tables(Place);

#[derive(Clone, Debug)]
enum Place {
    Sqlite(SqliteTables),
    #[cfg(feature = "server")]
    Server(ServerTables),
}

impl Tables {
    /// Opens an SQLite file for these tables alone; makes it and them where they are missing.
    ///
    /// # Errors
    /// [`OpenError`] says which file, why not, and what would be right.
    pub async fn open_sqlite(path: impl AsRef<Path>, schema: &TableSchema) -> Result<Self, OpenError> {
        let tables = SqliteTables::open(path.as_ref(), schema.sqlite()).await?;
        Ok(Self(Place::Sqlite(tables)))
    }

    /// Tables in the file of a store, which share its connections.
    ///
    /// # Errors
    /// [`OpenError`] says why the tables cannot be made there.
    pub async fn beside_sqlite(store: &SqliteStore, schema: &TableSchema) -> Result<Self, OpenError> {
        let tables = SqliteTables::beside(store, schema.sqlite()).await?;
        Ok(Self(Place::Sqlite(tables)))
    }

    /// Opens a PostgreSQL database, by an address such as [`PostgresStore::open`](crate::PostgresStore::open) takes.
    ///
    /// # Errors
    /// [`ConnectError`] says which server, why not, and what would be right.
    #[cfg(feature = "postgres")]
    pub async fn open_postgres(
        address: &str,
        options: ServerOptions,
        schema: &TableSchema,
    ) -> Result<Self, ConnectError> {
        let tables = ServerTables::open_postgres(address, options, schema.postgres()).await?;
        Ok(Self(Place::Server(tables)))
    }

    /// Tables in the database of a store, which share its connections.
    ///
    /// # Errors
    /// [`ConnectError`] says why the tables cannot be made there.
    #[cfg(feature = "postgres")]
    pub async fn beside_postgres(
        store: &crate::PostgresStore,
        schema: &TableSchema,
    ) -> Result<Self, ConnectError> {
        Ok(Self(Place::Server(store.tables(schema.postgres()).await?)))
    }

    /// Opens a MySQL or MariaDB database, by an address such as [`MySqlStore::open`](crate::MySqlStore::open) takes.
    ///
    /// # Errors
    /// [`ConnectError`] says which server, why not, and what would be right.
    #[cfg(feature = "mysql")]
    pub async fn open_mysql(
        address: &str,
        options: ServerOptions,
        schema: &TableSchema,
    ) -> Result<Self, ConnectError> {
        let tables = ServerTables::open_mysql(address, options, schema.mysql()).await?;
        Ok(Self(Place::Server(tables)))
    }

    /// Tables in the database of a store, which share its connections.
    ///
    /// # Errors
    /// [`ConnectError`] says why the tables cannot be made there.
    #[cfg(feature = "mysql")]
    pub async fn beside_mysql(store: &crate::MySqlStore, schema: &TableSchema) -> Result<Self, ConnectError> {
        Ok(Self(Place::Server(store.tables(schema.mysql()).await?)))
    }

    /// The rows of a statement that changes nothing. `operation` stands in errors.
    ///
    /// Asked again on a fresh connection when the one that was there turns out to be broken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Datum>,
    ) -> Result<Vec<Record>, StoreError> {
        match &self.0 {
            Place::Sqlite(tables) => tables.read(operation, statement, values).await,
            #[cfg(feature = "server")]
            Place::Server(tables) => tables.read(operation, statement, values).await,
        }
    }

    /// Carries out statements over the same values, all or none of them. `operation` stands in errors.
    ///
    /// Goes on to its end when its caller gives up.
    ///
    /// # Errors
    /// [`StoreError`]. When a server did not answer, nobody knows whether the change was done.
    pub async fn change(
        &self,
        operation: &'static str,
        parts: &'static [Part],
        values: Vec<Datum>,
    ) -> Result<Changed, StoreError> {
        match &self.0 {
            Place::Sqlite(tables) => tables.change(operation, parts, values).await,
            #[cfg(feature = "server")]
            Place::Server(tables) => tables.change(operation, parts, values).await,
        }
    }
}
