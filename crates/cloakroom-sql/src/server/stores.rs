//! The stores as an application sees them.

use std::sync::Arc;

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError, SubjectIndex,
    SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::connect_error::ConnectError;
use super::driver::{Connection, Driver};
use super::opening;
use super::options::ServerOptions;
use super::pool::Pool;
use super::store::ServerStore;
use super::tables::ServerTables;
use crate::component::Component;

/// Sessions in a PostgreSQL database: durable, and shared by any number of instances.
///
/// Every clone is the same store. What one instance has written, the next read of every other sees.
///
/// Must be used from within a tokio runtime.
///
/// ```no_run
/// # async fn example() -> Result<(), cloakroom_sql::ConnectError> {
/// let store = cloakroom_sql::PostgresStore::open("postgres://app:secret@db.example/app").await?;
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// The database holds digests of secrets, and no secret; but it says who is signed in, from where.
#[cfg(feature = "postgres")]
#[derive(Clone, Debug)]
pub struct PostgresStore {
    server: Arc<ServerStore<super::postgres::Postgres, super::postgres::Pipelines>>,
}

/// Sessions in a MySQL or MariaDB database: durable, and shared by any number of instances.
///
/// Every clone is the same store. What one instance has written, the next read of every other sees, unless another server of
/// a cluster answers it.
///
/// Must be used from within a tokio runtime.
///
/// ```no_run
/// # async fn example() -> Result<(), cloakroom_sql::ConnectError> {
/// let store = cloakroom_sql::MySqlStore::open("mysql://app:secret@db.example/app").await?;
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// The database holds digests of secrets, and no secret; but it says who is signed in, from where.
#[cfg(feature = "mysql")]
#[derive(Clone, Debug)]
pub struct MySqlStore {
    server: Arc<ServerStore<super::mysql::MySql, super::mysql::PoolReader>>,
}

#[cfg(feature = "postgres")]
impl PostgresStore {
    /// Opens a database by its address, such as `postgres://user:password@host/database`, and creates the tables if there
    /// are none.
    ///
    /// Another machine is spoken to by TLS with a checked certificate unless the address has `sslmode=disable`; `sslrootcert`
    /// names the file of a private certificate authority, `host` the folder of a Unix socket, and `options` settings for
    /// each connection, as in libpq.
    ///
    /// # Errors
    /// [`ConnectError`] says which server, why not, and what would be right.
    pub async fn open(address: &str) -> Result<Self, ConnectError> {
        Self::open_with(address, ServerOptions::default()).await
    }

    /// [`PostgresStore::open`] with other options than the usual ones.
    ///
    /// # Errors
    /// Those of [`PostgresStore::open`].
    pub async fn open_with(address: &str, options: ServerOptions) -> Result<Self, ConnectError> {
        let all = options.connections_max.get();
        let readers = (all / 4).max(1);
        let (address, pool) = opening::postgres(address, (all - readers).max(1), options)?;
        let reader = super::postgres::Pipelines::new(pool.clone(), readers);
        Ok(Self { server: opened(address, pool, reader).await? })
    }

    /// Other tables in its database, which share its connections.
    pub(crate) async fn tables(&self, component: Component) -> Result<ServerTables, ConnectError> {
        ServerTables::of_postgres(&self.server.address, &self.server.pool, component).await
    }
}

/// By `NOTIFY` and `LISTEN`, on one connection more for as long as somebody watches.
#[cfg(feature = "postgres")]
impl cloakroom_core::store::Changes for PostgresStore {
    async fn watch(&self, sink: Arc<dyn cloakroom_core::store::ChangeSink>) {
        let pool = &self.server.pool;
        super::postgres::watch(pool.driver(), pool.options().connect_timeout, sink).await;
    }
}

#[cfg(feature = "mysql")]
impl MySqlStore {
    /// Opens a database by its address, such as `mysql://user:password@host/database`, and creates the tables if there are
    /// none.
    ///
    /// Another machine is spoken to by TLS with a checked certificate unless the address has `ssl-mode=DISABLED`; `ssl-ca`
    /// names the file of a private certificate authority, and `socket` a Unix socket.
    ///
    /// # Errors
    /// [`ConnectError`] says which server, why not, and what would be right.
    pub async fn open(address: &str) -> Result<Self, ConnectError> {
        Self::open_with(address, ServerOptions::default()).await
    }

    /// [`MySqlStore::open`] with other options than the usual ones.
    ///
    /// # Errors
    /// Those of [`MySqlStore::open`].
    pub async fn open_with(address: &str, options: ServerOptions) -> Result<Self, ConnectError> {
        let connections = options.connections_max.get();
        let (address, pool) = opening::mysql(address, connections, options)?;
        let reader = super::mysql::PoolReader::new(pool.clone());
        Ok(Self { server: opened(address, pool, reader).await? })
    }

    /// Other tables in its database, which share its connections.
    pub(crate) async fn tables(&self, component: Component) -> Result<ServerTables, ConnectError> {
        ServerTables::of_mysql(&self.server.address, &self.server.pool, component).await
    }
}

async fn opened<D: Driver, R>(
    address: String,
    pool: Pool<D>,
    reader: R,
) -> Result<Arc<ServerStore<D, R>>, ConnectError> {
    opening::prepared(&address, &pool, D::Connection::DIALECT.sessions).await?;
    Ok(Arc::new(ServerStore { address, pool, reader }))
}

/// The contracts, alike for every server.
macro_rules! contracts {
    ($feature:literal $store:ident $name:expr) => {
        #[cfg(feature = $feature)]
        impl $store {
            /// The server and the database, without the password.
            pub fn server(&self) -> &str {
                &self.server.address
            }

            /// Makes the indexes that [`SubjectIndex::search`] goes by, which costs each new session two entries more.
            ///
            /// # Errors
            /// [`ConnectError`].
            pub async fn index_for_search(&self) -> Result<(), ConnectError> {
                self.server.index_for_search().await
            }

            /// How many sessions there are, expired ones included. Takes longer the more there are.
            pub async fn rows(&self) -> Result<u64, StoreError> {
                self.server.rows().await
            }

            /// Every octet that the tables hold, for tests that search them for secrets. All of it is in memory at once.
            pub async fn dump(&self) -> Result<Vec<u8>, StoreError> {
                self.server.dump().await
            }

            /// Finds out whether the tables can be read; writes nothing.
            pub async fn ping(&self) -> Result<(), StoreError> {
                self.server.ping().await
            }
        }

        #[cfg(feature = $feature)]
        impl Store for $store {
            fn name(&self) -> &'static str {
                $name
            }

            async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
                self.server.load(id).await
            }

            async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
                self.server.insert(insert).await
            }

            async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
                self.server.replace(id, seen, row).await
            }

            async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
                self.server.touch(id, touch).await
            }

            async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
                self.server.revoke(id).await
            }

            async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
                self.server.purge(now, rows_max).await
            }
        }

        #[cfg(feature = $feature)]
        impl SubjectIndex for $store {
            async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
                self.server.fence(subject).await
            }

            async fn insert_for_subject(
                &self,
                insert: SubjectInsert<'_>,
            ) -> Result<SubjectInserted, StoreError> {
                self.server.insert_for_subject(insert).await
            }

            async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
                self.server.list(subject).await
            }

            async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
                self.server.page(after, rows_max).await
            }

            async fn search(
                &self,
                wanted: &Wanted,
                after: Option<&PageCursor>,
                rows_max: usize,
            ) -> Result<Page, StoreError> {
                self.server.search(wanted, after, rows_max).await
            }

            async fn revoke_subject(
                &self,
                subject: &Subject,
                spare: Option<SessionId>,
            ) -> Result<Vec<SessionId>, StoreError> {
                self.server.revoke_subject(subject, spare).await
            }

            async fn revoke_everyone(&self) -> Result<u64, StoreError> {
                self.server.revoke_everyone().await
            }
        }
    };
}

contracts!("postgres" PostgresStore super::postgres::Postgres::NAME);
contracts!("mysql" MySqlStore super::mysql::MySql::NAME);
