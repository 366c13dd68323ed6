//! A store whose calls are counted, and which can be told to fail or to hang.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use cloakroom::store::{
    ChangeSink, Changes, ErrorKind, Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store,
    StoreError, SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom::{SessionId, Subject, Timestamp};
use serde::{Deserialize, Serialize};

/// A store under watch.
pub(crate) struct Watched<S> {
    inner: S,
    watch: Arc<Watch>,
}

/// What is counted of a store, and how it is told to behave.
pub(crate) struct Watch {
    name: &'static str,
    mode: AtomicU8,
    calls: Calls,
}

/// How the store behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub(crate) enum Mode {
    Ok = 0,
    Down = 1,
    Hang = 2,
}

/// Calls since the start, by operation.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Calls {
    loads: AtomicU64,
    inserts: AtomicU64,
    replaces: AtomicU64,
    touches: AtomicU64,
    revokes: AtomicU64,
    lists: AtomicU64,
    sweeps: AtomicU64,
}

impl<S> Watched<S> {
    pub(crate) const fn new(inner: S, watch: Arc<Watch>) -> Self {
        Self { inner, watch }
    }
}

impl Watch {
    pub(crate) fn over(store: &impl Store) -> Arc<Self> {
        Arc::new(Self { name: store.name(), mode: AtomicU8::new(Mode::Ok as u8), calls: Calls::default() })
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
    }

    fn is_ok(&self) -> bool {
        self.mode.load(Ordering::SeqCst) == Mode::Ok as u8
    }

    /// Counts a call, and fails or hangs as told.
    async fn begin(
        &self,
        operation: &'static str,
        count: impl FnOnce(&Calls) -> &AtomicU64,
    ) -> Result<(), StoreError> {
        count(&self.calls).fetch_add(1, Ordering::SeqCst);
        self.pass(operation).await
    }

    async fn pass(&self, operation: &'static str) -> Result<(), StoreError> {
        match self.mode.load(Ordering::SeqCst) {
            mode if mode == Mode::Down as u8 => {
                Err(StoreError::new(ErrorKind::Unavailable, self.name, operation))
            }
            mode if mode == Mode::Hang as u8 => future::pending().await,
            _ => Ok(()),
        }
    }
}

impl<S: Store> Store for Watched<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.watch.begin("load", |calls| &calls.loads).await?;
        self.inner.load(id).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        if !self.watch.is_ok() {
            return None;
        }
        let loaded = self.inner.load_now(id)?;
        self.watch.calls.loads.fetch_add(1, Ordering::SeqCst);
        Some(loaded)
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.watch.begin("insert", |calls| &calls.inserts).await?;
        self.inner.insert(insert).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.watch.begin("replace", |calls| &calls.replaces).await?;
        self.inner.replace(id, seen, row).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.watch.begin("touch", |calls| &calls.touches).await?;
        self.inner.touch(id, touch).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.watch.begin("revoke", |calls| &calls.revokes).await?;
        self.inner.revoke(id).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.watch.begin("purge", |calls| &calls.sweeps).await?;
        self.inner.purge(now, rows_max).await
    }
}

impl<S: SubjectIndex> SubjectIndex for Watched<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.watch.pass("fence").await?;
        self.inner.fence(subject).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.watch.begin("insert", |calls| &calls.inserts).await?;
        self.inner.insert_for_subject(insert).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.watch.begin("list", |calls| &calls.lists).await?;
        self.inner.list(subject).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.watch.begin("page", |calls| &calls.lists).await?;
        self.inner.page(after, rows_max).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.watch.begin("search", |calls| &calls.lists).await?;
        self.inner.search(wanted, after, rows_max).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.watch.begin("revoke_subject", |calls| &calls.revokes).await?;
        self.inner.revoke_subject(subject, spare).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.watch.begin("revoke_everyone", |calls| &calls.revokes).await?;
        self.inner.revoke_everyone().await
    }
}

impl<S: Changes> Changes for Watched<S> {
    async fn watch(&self, sink: Arc<dyn ChangeSink>) {
        self.inner.watch(sink).await;
    }
}
