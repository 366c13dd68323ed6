//! A decorator that fails, hangs and delays.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Reading, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::switch::{Fate, Switch};

/// A store that gets into trouble when its [`Switch`] says so, and is the store below otherwise.
///
/// While it is down or hangs it answers no `load_now` either, so nothing gets past the trouble.
///
/// ```
/// use cloakroom_core::SessionId;
/// use cloakroom_core::store::Store as _;
/// use cloakroom_testkit::ModelStore;
/// use cloakroom_testkit::faults::{Faulty, Mode};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let store = Faulty::new(ModelStore::new());
/// let switch = store.switch();
/// switch.set(Mode::Down);
/// let error = store.load(SessionId::from_octets([7; 16])).await.unwrap_err();
/// assert!(error.may_pass());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faulty<S> {
    inner: S,
    switch: Switch,
}

/// The cause of errors that nothing but the switch caused.
#[derive(Clone, Copy, Debug)]
struct Injected;

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fault was injected")
    }
}

impl Error for Injected {}

impl<S> Faulty<S> {
    /// This store, in no trouble yet.
    pub fn new(inner: S) -> Self {
        Self { inner, switch: Switch::new() }
    }

    /// What puts it into trouble.
    pub fn switch(&self) -> Switch {
        self.switch.clone()
    }
}

impl<S: Store> Faulty<S> {
    /// A call, or what becomes of it.
    async fn call<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let failure = || StoreError::unavailable(self.inner.name(), operation, Injected);
        match self.switch.fate().await {
            Fate::Answered => call.await,
            Fate::FailsBefore => Err(failure()),
            Fate::FailsAfter => call.await.and_then(|_| Err(failure())),
        }
    }
}

impl<S: Store> Store for Faulty<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.call("load", self.inner.load(id)).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        if !self.switch.is_clear() {
            return None;
        }
        let answer = self.inner.load_now(id)?;
        self.switch.note();
        Some(answer)
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.call("load", self.inner.load_fresh(id)).await
    }

    async fn read(&self, id: SessionId) -> Result<Reading, StoreError> {
        self.call("load", self.inner.read(id)).await
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.call("insert", self.inner.insert(insert)).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.call("replace", self.inner.replace(id, seen, row)).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.call("touch", self.inner.touch(id, touch)).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.call("revoke", self.inner.revoke(id)).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.call("purge", self.inner.purge(now, rows_max)).await
    }
}

impl<S: SubjectIndex> SubjectIndex for Faulty<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.call("fence", self.inner.fence(subject)).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.call("insert_for_subject", self.inner.insert_for_subject(insert)).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.call("list", self.inner.list(subject)).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.call("page", self.inner.page(after, rows_max)).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.call("search", self.inner.search(wanted, after, rows_max)).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.call("revoke_subject", self.inner.revoke_subject(subject, spare)).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.call("revoke_everyone", self.inner.revoke_everyone()).await
    }
}
