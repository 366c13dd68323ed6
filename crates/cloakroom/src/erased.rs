//! Stores without their types, so that no handler ever names one.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Reading, Revoked, Row, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// [`Store`] behind a pointer.
pub(crate) trait AnyStore: Send + Sync {
    fn name(&self) -> &'static str;
    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>>;
    fn read(&self, id: SessionId) -> Boxed<'_, Reading>;
    fn place(&self, id: SessionId, subject: &Subject) -> SessionId;
    fn load_fresh(&self, id: SessionId) -> Boxed<'_, Option<Loaded>>;
    fn staleness(&self) -> Duration;
    fn insert<'a>(&'a self, insert: Insert<'a>) -> Boxed<'a, Inserted>;
    fn replace<'a>(&'a self, id: SessionId, seen: Version, row: &'a Row) -> Boxed<'a, Swap>;
    fn touch(&self, id: SessionId, touch: Touch) -> Boxed<'_, Touched>;
    fn revoke(&self, id: SessionId) -> Boxed<'_, Revoked>;
    fn purge(&self, now: Timestamp, rows_max: usize) -> Boxed<'_, usize>;
}

impl<S: Store> AnyStore for S {
    fn name(&self) -> &'static str {
        Store::name(self)
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        Store::load_now(self, id)
    }

    fn read(&self, id: SessionId) -> Boxed<'_, Reading> {
        Box::pin(Store::read(self, id))
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        Store::place(self, id, subject)
    }

    fn load_fresh(&self, id: SessionId) -> Boxed<'_, Option<Loaded>> {
        Box::pin(Store::load_fresh(self, id))
    }

    fn staleness(&self) -> Duration {
        Store::staleness(self)
    }

    fn insert<'a>(&'a self, insert: Insert<'a>) -> Boxed<'a, Inserted> {
        Box::pin(Store::insert(self, insert))
    }

    fn replace<'a>(&'a self, id: SessionId, seen: Version, row: &'a Row) -> Boxed<'a, Swap> {
        Box::pin(Store::replace(self, id, seen, row))
    }

    fn touch(&self, id: SessionId, touch: Touch) -> Boxed<'_, Touched> {
        Box::pin(Store::touch(self, id, touch))
    }

    fn revoke(&self, id: SessionId) -> Boxed<'_, Revoked> {
        Box::pin(Store::revoke(self, id))
    }

    fn purge(&self, now: Timestamp, rows_max: usize) -> Boxed<'_, usize> {
        Box::pin(Store::purge(self, now, rows_max))
    }
}

/// [`SubjectIndex`] behind a pointer.
pub(crate) trait AnyIndex: Send + Sync {
    fn fence<'a>(&'a self, subject: &'a Subject) -> Boxed<'a, Fence>;
    fn insert_for_subject<'a>(&'a self, insert: SubjectInsert<'a>) -> Boxed<'a, SubjectInserted>;
    fn list<'a>(&'a self, subject: &'a Subject) -> Boxed<'a, Vec<(SessionId, Loaded)>>;
    fn page<'a>(&'a self, after: Option<&'a PageCursor>, rows_max: usize) -> Boxed<'a, Page>;
    fn search<'a>(
        &'a self,
        wanted: &'a Wanted,
        after: Option<&'a PageCursor>,
        rows_max: usize,
    ) -> Boxed<'a, Page>;
    fn revoke_subject<'a>(
        &'a self,
        subject: &'a Subject,
        spare: Option<SessionId>,
    ) -> Boxed<'a, Vec<SessionId>>;
    fn revoke_everyone(&self) -> Boxed<'_, u64>;
}

impl<S: SubjectIndex> AnyIndex for S {
    fn fence<'a>(&'a self, subject: &'a Subject) -> Boxed<'a, Fence> {
        Box::pin(SubjectIndex::fence(self, subject))
    }

    fn insert_for_subject<'a>(&'a self, insert: SubjectInsert<'a>) -> Boxed<'a, SubjectInserted> {
        Box::pin(SubjectIndex::insert_for_subject(self, insert))
    }

    fn list<'a>(&'a self, subject: &'a Subject) -> Boxed<'a, Vec<(SessionId, Loaded)>> {
        Box::pin(SubjectIndex::list(self, subject))
    }

    fn page<'a>(&'a self, after: Option<&'a PageCursor>, rows_max: usize) -> Boxed<'a, Page> {
        Box::pin(SubjectIndex::page(self, after, rows_max))
    }

    fn search<'a>(
        &'a self,
        wanted: &'a Wanted,
        after: Option<&'a PageCursor>,
        rows_max: usize,
    ) -> Boxed<'a, Page> {
        Box::pin(SubjectIndex::search(self, wanted, after, rows_max))
    }

    fn revoke_subject<'a>(
        &'a self,
        subject: &'a Subject,
        spare: Option<SessionId>,
    ) -> Boxed<'a, Vec<SessionId>> {
        Box::pin(SubjectIndex::revoke_subject(self, subject, spare))
    }

    fn revoke_everyone(&self) -> Boxed<'_, u64> {
        Box::pin(SubjectIndex::revoke_everyone(self))
    }
}
