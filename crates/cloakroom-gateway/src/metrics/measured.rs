//! A store whose calls are counted and timed.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::store::{
    ChangeSink, Changes, Fence, Insert, Inserted, Loaded, Page, PageCursor, Reading, Revoked, Row, Store,
    StoreError, SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom::{SessionId, Subject, Timestamp};

use crate::metrics::labels::{Copied, Outcome, StoreOperation};
use crate::metrics::registry::Metrics;

/// Which of the two it is in front of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The store: calls are counted and timed.
    Store,
    /// The copies in front of it: it is counted whether they answer.
    NearCache,
}

/// A store in front of another one that counts and times.
#[derive(Clone, Debug)]
pub(crate) struct Measured<S> {
    inner: S,
    metrics: Metrics,
    role: Role,
}

/// A call that nobody has waited for to its end is counted too.
struct Waiting<'m> {
    metrics: &'m Metrics,
    operation: StoreOperation,
    outcome: Outcome,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.metrics.0.store_calls.add(self.operation, self.outcome);
    }
}

impl<S> Measured<S> {
    pub(crate) const fn new(inner: S, metrics: Metrics, role: Role) -> Self {
        Self { inner, metrics, role }
    }

    async fn timed<T>(
        &self,
        operation: StoreOperation,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.role == Role::NearCache {
            return call.await;
        }
        let mut waiting = Waiting { metrics: &self.metrics, operation, outcome: Outcome::Abandoned };
        let _timing = self.metrics.store(operation);
        let answer = call.await;
        waiting.outcome = if answer.is_ok() { Outcome::Done } else { Outcome::Failed };
        answer
    }

    fn copied(&self, copied: Copied) {
        if self.role == Role::NearCache {
            self.metrics.0.copies.add(copied);
        }
    }
}

impl<S: Store> Store for Measured<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.timed(StoreOperation::Load, self.inner.load(id)).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        if self.role == Role::NearCache {
            let found = self.inner.load_now(id);
            if found.is_some() {
                self.copied(Copied::Hit);
            }
            return found;
        }
        let _timing = self.metrics.store_at_once(StoreOperation::Load);
        let found = self.inner.load_now(id);
        if let Some(answer) = &found {
            let outcome = if answer.is_ok() { Outcome::Done } else { Outcome::Failed };
            self.metrics.0.store_calls.add(StoreOperation::Load, outcome);
        }
        found
    }

    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.copied(Copied::Miss);
        self.timed(StoreOperation::Load, self.inner.load_fresh(id)).await
    }

    async fn read(&self, id: SessionId) -> Result<Reading, StoreError> {
        let reading = self.timed(StoreOperation::Load, self.inner.read(id)).await;
        self.copied(if matches!(reading, Ok(Reading::Copied(_))) { Copied::Hit } else { Copied::Miss });
        reading
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.timed(StoreOperation::Insert, self.inner.insert(insert)).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.timed(StoreOperation::Replace, self.inner.replace(id, seen, row)).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.timed(StoreOperation::Touch, self.inner.touch(id, touch)).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.timed(StoreOperation::Revoke, self.inner.revoke(id)).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.timed(StoreOperation::Purge, self.inner.purge(now, rows_max)).await
    }
}

impl<S: SubjectIndex> SubjectIndex for Measured<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.timed(StoreOperation::Fence, self.inner.fence(subject)).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        self.timed(StoreOperation::Insert, self.inner.insert_for_subject(insert)).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.timed(StoreOperation::List, self.inner.list(subject)).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.timed(StoreOperation::Page, self.inner.page(after, rows_max)).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.timed(StoreOperation::Page, self.inner.search(wanted, after, rows_max)).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.timed(StoreOperation::RevokeSubject, self.inner.revoke_subject(subject, spare)).await
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.timed(StoreOperation::RevokeEveryone, self.inner.revoke_everyone()).await
    }
}

impl<S: Changes> Changes for Measured<S> {
    async fn watch(&self, sink: Arc<dyn ChangeSink>) {
        self.inner.watch(sink).await;
    }
}
