//! The stores that find sessions by their subject, as one type.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, future};

use cloakroom::store::{
    ChangeSink, Changes, Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom::{MemoryStore, SessionId, Subject, Timestamp};
use cloakroom_redis::RedisStore;
use cloakroom_sql::{MySqlStore, PostgresStore, SqliteStore};

use crate::open_error::OpenError;

/// A store that finds sessions by their subject.
#[derive(Clone)]
#[non_exhaustive]
pub enum IndexedStore {
    /// In this process.
    Memory(Arc<MemoryStore>),
    /// In a file.
    Sqlite(SqliteStore),
    /// In a PostgreSQL database.
    Postgres(PostgresStore),
    /// In a MySQL or MariaDB database.
    MySql(MySqlStore),
    /// In Redis or Valkey, of whatever arrangement.
    Redis(RedisStore),
}

/// Hands a call on to whichever store it is.
macro_rules! on {
    ($any:expr, $store:ident => $call:expr) => {
        match $any {
            IndexedStore::Memory($store) => $call,
            IndexedStore::Sqlite($store) => $call,
            IndexedStore::Postgres($store) => $call,
            IndexedStore::MySql($store) => $call,
            IndexedStore::Redis($store) => $call,
        }
    };
}

impl fmt::Debug for IndexedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IndexedStore").field(&self.name()).finish()
    }
}

impl IndexedStore {
    /// How many rows the store has, expired ones included; for tests and tools, since a large store counts for long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rows(&self) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.rows().map(|rows| rows as u64),
            Self::Sqlite(store) => store.rows().await,
            Self::Postgres(store) => store.rows().await,
            Self::MySql(store) => store.rows().await,
            Self::Redis(_) => self.walk().await,
        }
    }

    /// How often to purge: each minute where an index finds what has ended, and each hour where every session is walked over.
    pub const fn purge_period(&self) -> Duration {
        match self {
            Self::Memory(_) | Self::Sqlite(_) | Self::Postgres(_) | Self::MySql(_) => Duration::from_mins(1),
            Self::Redis(_) => Duration::from_hours(1),
        }
    }

    /// Finds out whether the store can be reached and read; writes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Sqlite(store) => store.ping().await,
            Self::Postgres(store) => store.ping().await,
            Self::MySql(store) => store.ping().await,
            Self::Redis(store) => store.ping().await,
        }
    }

    /// Makes the indexes that a [search](SubjectIndex::search) goes by, where the store can have some; from then on each new
    /// session costs two entries more. Takes seconds for a million sessions that are there already.
    ///
    /// # Errors
    /// [`OpenError`], as for other tables.
    pub async fn index_for_search(&self) -> Result<(), OpenError> {
        match self {
            Self::Memory(_) | Self::Redis(_) => Ok(()),
            Self::Sqlite(store) => Ok(store.index_for_search().await?),
            Self::Postgres(store) => Ok(store.index_for_search().await?),
            Self::MySql(store) => Ok(store.index_for_search().await?),
        }
    }

    /// Counts by meeting every row.
    async fn walk(&self) -> Result<u64, StoreError> {
        let (mut met, mut next) = (HashSet::new(), None);
        loop {
            let page = self.page(next.as_ref(), 1000).await?;
            met.extend(page.sessions.into_iter().map(|(id, _)| id));
            next = page.next;
            if next.is_none() {
                return Ok(met.len() as u64);
            }
        }
    }
}

/// What a store that tells nothing tells: a copy of its rows is as fresh as its bound says.
impl Changes for IndexedStore {
    async fn watch(&self, sink: Arc<dyn ChangeSink>) {
        match self {
            Self::Memory(_) | Self::Sqlite(_) | Self::MySql(_) => future::pending().await,
            Self::Postgres(store) => store.watch(sink).await,
            Self::Redis(store) => store.watch(sink).await,
        }
    }
}

impl Store for IndexedStore {
    fn name(&self) -> &'static str {
        on!(self, store => store.name())
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        on!(self, store => store.load(id).await)
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        on!(self, store => store.load_now(id))
    }

    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        on!(self, store => store.load_fresh(id).await)
    }

    fn staleness(&self) -> Duration {
        on!(self, store => store.staleness())
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        on!(self, store => store.place(id, subject))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        on!(self, store => store.insert(insert).await)
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        on!(self, store => store.replace(id, seen, row).await)
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        on!(self, store => store.touch(id, touch).await)
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        on!(self, store => store.revoke(id).await)
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        on!(self, store => store.purge(now, rows_max).await)
    }
}

impl SubjectIndex for IndexedStore {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        on!(self, store => store.fence(subject).await)
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        on!(self, store => store.insert_for_subject(insert).await)
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        on!(self, store => store.list(subject).await)
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        on!(self, store => store.page(after, rows_max).await)
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        on!(self, store => store.search(wanted, after, rows_max).await)
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        on!(self, store => store.revoke_subject(subject, spare).await)
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        on!(self, store => store.revoke_everyone().await)
    }
}
