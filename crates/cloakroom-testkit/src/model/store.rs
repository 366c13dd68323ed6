//! A store that is obviously right: the model behind one lock.

use std::sync::{Arc, Mutex, PoisonError};

use cloakroom_core::store::{
    ErrorKind, Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::state::State;

/// The reference store: slow, simple, and what others are compared with.
///
/// A clone is another node on the same data. Every operation holds one lock from begin to end and never waits
/// inside, so each is one step.
#[derive(Clone, Debug, Default)]
pub struct ModelStore {
    state: Arc<Mutex<State>>,
}

impl ModelStore {
    /// What errors call it.
    pub(crate) const NAME: &'static str = "model";

    /// A store with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it holds at this moment.
    pub fn state(&self) -> State {
        self.with(|state| state.clone())
    }

    /// One step on what it holds.
    pub(crate) fn with<T>(&self, step: impl FnOnce(&mut State) -> T) -> T {
        step(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for ModelStore {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        Ok(self.with(|state| state.load(id)))
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        Some(Ok(self.with(|state| state.load(id))))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.with(|state| state.insert(insert))
            .map_err(|_| StoreError::new(ErrorKind::Duplicate, Self::NAME, "insert"))
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        Ok(self.with(|state| state.replace(id, seen, row)))
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        Ok(self.with(|state| state.touch(id, touch)))
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        Ok(self.with(|state| state.revoke(id)))
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        Ok(self.with(|state| state.purge(now, rows_max)))
    }
}

impl SubjectIndex for ModelStore {
    async fn fence(&self, _: &Subject) -> Result<Fence, StoreError> {
        Ok(self.with(|state| state.revocations.fence()))
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.with(|state| state.insert_for_subject(insert))
            .map_err(|_| StoreError::new(ErrorKind::Duplicate, Self::NAME, "insert_for_subject"))
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        Ok(self.with(|state| state.sessions_of(subject)))
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        let after = after.and_then(PageCursor::session_id);
        Ok(Page::in_order_of_ids(self.with(|state| state.page(after, rows_max)), rows_max))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        Ok(self.with(|state| state.revoke_subject(subject, spare)))
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        Ok(self.with(State::revoke_everyone))
    }
}
