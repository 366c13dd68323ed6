//! The store: the contracts, spoken to a database.

use std::path::Path;
use std::sync::Arc;

use cloakroom_core::store::{
    ErrorKind, Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use rusqlite::Connection;

use super::copies::{Copies, Copy};
use super::database::Database;
use super::error::BACKEND;
use super::job::Class;
use super::moments::Moments;
use super::open_error::OpenError;
use super::opening::on_a_thread;
use super::schema::COMPONENT;
use super::search;
use super::sessions::{self, IdTaken};
use super::space;
use super::subjects::{self, SubjectCreation};

/// How many rows one transaction of a purge removes.
///
/// Their entries in two of the indexes are anywhere, so that these are some 130 pages of the log: a millisecond or two. Four
/// times as many doubled the slowest of a hundred sign-ins that came meanwhile, for half the time of the purge.
const PURGE_ROWS: usize = 64;

/// Sessions in an SQLite file: durable, with nothing to install.
///
/// Every clone is the same store. Several processes may have the file open at once, such as two servers, or a server and
/// the command line: what one has written, the next read of another sees. The file has to be on a local disk.
///
/// Rows that were read are kept in up to 32 MiB of memory, and answer for as long as nobody has written them: on Linux, where a
/// commit of any process can be seen for the price of a short read. So [`Store::load_now`] is never behind.
///
/// Writes that come together share a transaction and one wait for the disk. When the last clone is dropped, it waits for
/// what has been asked and closes the file.
///
/// Must be used from within a tokio runtime.
///
/// # Security
/// The file is made for the eyes of its owner alone. It holds digests of secrets, and no secret; but it says who is
/// signed in, from where.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    database: Database,
    copies: Arc<Copies>,
}

impl SqliteStore {
    /// Opens the file, and creates it if there is none.
    ///
    /// # Errors
    /// [`OpenError`] says which file, why not, and what would be right.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        on_a_thread(path.as_ref(), |path| Self::open_blocking(path)).await
    }

    /// [`SqliteStore::open`] for where waiting is fine.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`].
    pub fn open_blocking(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let database = Database::open(path.as_ref(), COMPONENT)?;
        Ok(Self { database, copies: Arc::new(Copies::new()) })
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    /// Makes the indexes that [`SubjectIndex::search`] goes by, which costs each new session two entries more.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn index_for_search(&self) -> Result<(), OpenError> {
        self.database.add_tables(search::COMPONENT).await
    }

    /// How many sessions there are, expired ones included. Takes longer the more there are.
    pub async fn rows(&self) -> Result<u64, StoreError> {
        const SQL: &str = "SELECT count(*) FROM sessions";
        let count = |connection: &Connection| connection.query_row(SQL, (), |row| row.get::<_, i64>(0));
        self.database.read_long("rows", count).await.map(i64::unsigned_abs)
    }

    /// Finds out whether the file can be read, and locked for writing; writes nothing.
    pub async fn ping(&self) -> Result<(), StoreError> {
        const SQL: &str = "SELECT id FROM sessions LIMIT 1";
        self.database.read("ping", |connection| connection.prepare_cached(SQL)?.exists(()))?;
        self.database.write("ping", Class::Lazy, |_| Ok(())).await
    }
}

impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        BACKEND
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        // Asked first: what is committed meanwhile may be in the answer or not.
        let now = self.database.moments().and_then(Moments::now);
        let found = self.database.read("load", |connection| sessions::load(connection, id))?;
        let Some((loaded, row)) = found else { return Ok(None) };
        if let Some(now) = now {
            self.copies.keep(id, Copy::new(&loaded, row, now.reading()));
        }
        Ok(Some(loaded))
    }

    /// What the file would say, from memory.
    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        let moments = self.database.moments()?;
        let now = moments.now()?;
        let loaded = self.copies.find(id, |copy| moments.is_same(copy.row, copy.read_at, now))?;
        Some(Ok(Some(loaded)))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let Insert { id, row, replaces } = insert;
        let row = row.clone();
        let work = move |connection: &Connection| sessions::insert(connection, id, &row, replaces);
        created("insert", self.database.write("insert", Class::Durable, work).await?)
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let row = row.clone();
        let work = move |connection: &Connection| sessions::replace(connection, id, seen, &row);
        self.database.write("replace", Class::Durable, work).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        let work = move |connection: &Connection| sessions::touch(connection, id, touch);
        self.database.write("touch", Class::Lazy, work).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        let work = move |connection: &Connection| sessions::revoke(connection, id);
        self.database.write("revoke", Class::Durable, work).await
    }

    /// Removes them in transactions of 64, between which whatever else waits goes first.
    ///
    /// What was removed need not be on the disk when this returns: rows that a loss of power brings back have expired,
    /// and are removed again.
    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.database.write("purge", Class::Upkeep, subjects::forget_revocations).await?;
        let mut removed = 0;
        while removed < rows_max {
            let rows = PURGE_ROWS.min(rows_max - removed);
            let work = move |connection: &Connection| sessions::purge(connection, now, rows);
            let some = self.database.write("purge", Class::Upkeep, work).await?;
            removed += some;
            if some < rows {
                break;
            }
            self.database.settle().await;
        }
        if removed < rows_max {
            while self.database.write("purge", Class::Upkeep, space::give_back).await? > 0 {
                self.database.settle().await;
            }
        }
        Ok(removed)
    }
}

impl SubjectIndex for SqliteStore {
    async fn fence(&self, _: &Subject) -> Result<Fence, StoreError> {
        self.database.read("fence", subjects::fence)
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let SubjectInsert { insert: Insert { id, row, replaces }, fence, cap, now } = insert;
        let creation = SubjectCreation { id, row: row.clone(), replaces, fence, cap, now };
        let work = move |connection: &Connection| subjects::insert(connection, &creation);
        created("insert_for_subject", self.database.write("insert_for_subject", Class::Durable, work).await?)
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        let subject = subject.clone();
        self.database.read_long("list", move |connection| subjects::list(connection, subject.as_str())).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        let after = after.and_then(PageCursor::session_id);
        let rows = move |connection: &Connection| subjects::page(connection, after, rows_max);
        Ok(Page::in_order_of_ids(self.database.read_long("page", rows).await?, rows_max))
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        let (asked, after) = (wanted.clone(), after.cloned());
        let page =
            move |connection: &Connection| search::search(connection, &asked, after.as_ref(), rows_max);
        Ok(self.database.read_long("search", page).await?.only(wanted))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let subject = subject.clone();
        let work =
            move |connection: &Connection| subjects::revoke_subject(connection, subject.as_str(), spare);
        self.database.write("revoke_subject", Class::Durable, work).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let work = |connection: &Connection| subjects::revoke_everyone(connection);
        self.database.write("revoke_everyone", Class::Durable, work).await
    }
}

fn created<T>(operation: &'static str, outcome: Result<T, IdTaken>) -> Result<T, StoreError> {
    outcome.map_err(|IdTaken| StoreError::new(ErrorKind::Duplicate, BACKEND, operation))
}
