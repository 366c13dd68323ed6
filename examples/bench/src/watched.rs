//! A store whose calls are counted, and which can be told to fail or to hang.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use cloakroom::store::{
    ErrorKind, Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom::{SessionId, Subject, Timestamp};
use serde::{Deserialize, Serialize};

use crate::backend::Backend;

/// A store under watch; clones are the same one.
#[derive(Clone)]
pub(crate) struct Watched(Arc<Watch>);

struct Watch {
    backend: Backend,
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

impl Watched {
    pub(crate) fn new(backend: Backend) -> Self {
        Self(Arc::new(Watch { backend, mode: AtomicU8::new(Mode::Ok as u8), calls: Calls::default() }))
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.0.backend
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.0.calls
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        self.0.mode.store(mode as u8, Ordering::SeqCst);
    }

    fn is_ok(&self) -> bool {
        self.0.mode.load(Ordering::SeqCst) == Mode::Ok as u8
    }

    /// Counts a call, and fails or hangs as told.
    async fn begin(
        &self,
        operation: &'static str,
        count: impl FnOnce(&Calls) -> &AtomicU64,
    ) -> Result<(), StoreError> {
        count(&self.0.calls).fetch_add(1, Ordering::SeqCst);
        self.pass(operation).await
    }

    async fn pass(&self, operation: &'static str) -> Result<(), StoreError> {
        match self.0.mode.load(Ordering::SeqCst) {
            mode if mode == Mode::Down as u8 => {
                Err(StoreError::new(ErrorKind::Unavailable, self.0.backend.name(), operation))
            }
            mode if mode == Mode::Hang as u8 => future::pending().await,
            _ => Ok(()),
        }
    }
}

impl Store for Watched {
    fn name(&self) -> &'static str {
        self.0.backend.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.begin("load", |calls| &calls.loads).await?;
        self.0.backend.load(id).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        if !self.is_ok() {
            return None;
        }
        let loaded = self.0.backend.load_now(id)?;
        self.0.calls.loads.fetch_add(1, Ordering::SeqCst);
        Some(loaded)
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.0.backend.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.begin("insert", |calls| &calls.inserts).await?;
        self.0.backend.insert(insert).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.begin("replace", |calls| &calls.replaces).await?;
        self.0.backend.replace(id, seen, row).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.begin("touch", |calls| &calls.touches).await?;
        self.0.backend.touch(id, touch).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.begin("revoke", |calls| &calls.revokes).await?;
        self.0.backend.revoke(id).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.begin("purge", |calls| &calls.sweeps).await?;
        self.0.backend.purge(now, rows_max).await
    }
}

impl SubjectIndex for Watched {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.pass("fence").await?;
        self.0.backend.fence(subject).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.begin("insert", |calls| &calls.inserts).await?;
        self.0.backend.insert_for_subject(insert).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.begin("list", |calls| &calls.lists).await?;
        self.0.backend.list(subject).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.begin("page", |calls| &calls.lists).await?;
        self.0.backend.page(after, rows_max).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.begin("revoke_subject", |calls| &calls.revokes).await?;
        self.0.backend.revoke_subject(subject, spare).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.begin("revoke_everyone", |calls| &calls.revokes).await?;
        self.0.backend.revoke_everyone().await
    }
}
