//! A store that counts what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Reading, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

/// A store that counts the calls to another one.
///
/// A call counts when it begins, whatever becomes of it. `load_now` counts as a load when the store below
/// answers it; when it does not, the `load` that follows counts.
///
/// ```
/// use cloakroom_core::SessionId;
/// use cloakroom_core::store::Store as _;
/// use cloakroom_testkit::ModelStore;
/// use cloakroom_testkit::counted::{Counted, Counts};
///
/// let store = Counted::new(ModelStore::new());
/// let counter = store.counter();
/// let _ = store.load_now(SessionId::from_octets([7; 16]));
/// assert_eq!(counter.counts(), Counts { loads: 1, ..Counts::default() });
/// ```
#[derive(Clone, Debug)]
pub struct Counted<S> {
    inner: S,
    counter: Counter,
}

/// Reads what a [`Counted`] store has counted, wherever the store has gone.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    tally: Arc<Tally>,
}

/// Calls to a store, by operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `load` and `load_fresh`, and `load_now` where it answered.
    pub loads: u64,
    /// `insert` and `insert_for_subject`.
    pub inserts: u64,
    /// `replace`.
    pub replaces: u64,
    /// `touch`.
    pub touches: u64,
    /// `revoke`, `revoke_subject` and `revoke_everyone`.
    pub revokes: u64,
    /// `list` and `page`.
    pub lists: u64,
    /// `purge`.
    pub sweeps: u64,
    /// `fence`.
    pub fences: u64,
}

#[derive(Debug, Default)]
struct Tally {
    loads: AtomicU64,
    inserts: AtomicU64,
    replaces: AtomicU64,
    touches: AtomicU64,
    revokes: AtomicU64,
    lists: AtomicU64,
    sweeps: AtomicU64,
    fences: AtomicU64,
}

impl Counter {
    /// The calls so far.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let tally = &*self.tally;
        Counts {
            loads: read(&tally.loads),
            inserts: read(&tally.inserts),
            replaces: read(&tally.replaces),
            touches: read(&tally.touches),
            revokes: read(&tally.revokes),
            lists: read(&tally.lists),
            sweeps: read(&tally.sweeps),
            fences: read(&tally.fences),
        }
    }
}

impl<S> Counted<S> {
    /// Counts the calls to this store, from none.
    pub fn new(inner: S) -> Self {
        Self { inner, counter: Counter::default() }
    }

    /// Where the counts can be read.
    pub fn counter(&self) -> Counter {
        self.counter.clone()
    }

    /// The store below, counting one more call to it.
    fn counting(&self, count: impl Fn(&Tally) -> &AtomicU64) -> &S {
        count(&self.counter.tally).fetch_add(1, Ordering::Relaxed);
        &self.inner
    }
}

impl<S: Store> Store for Counted<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.counting(|tally| &tally.loads).load(id).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        let answer = self.inner.load_now(id)?;
        self.counting(|tally| &tally.loads);
        Some(answer)
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.counting(|tally| &tally.loads).load_fresh(id).await
    }

    async fn read(&self, id: SessionId) -> Result<Reading, StoreError> {
        self.counting(|tally| &tally.loads).read(id).await
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.counting(|tally| &tally.inserts).insert(insert).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.counting(|tally| &tally.replaces).replace(id, seen, row).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.counting(|tally| &tally.touches).touch(id, touch).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.counting(|tally| &tally.revokes).revoke(id).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.counting(|tally| &tally.sweeps).purge(now, rows_max).await
    }
}

impl<S: SubjectIndex> SubjectIndex for Counted<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.counting(|tally| &tally.fences).fence(subject).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.counting(|tally| &tally.inserts).insert_for_subject(insert).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.counting(|tally| &tally.lists).list(subject).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.counting(|tally| &tally.lists).page(after, rows_max).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.counting(|tally| &tally.lists).search(wanted, after, rows_max).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.counting(|tally| &tally.revokes).revoke_subject(subject, spare).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.counting(|tally| &tally.revokes).revoke_everyone().await
    }
}
