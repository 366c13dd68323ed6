//! A store that counts its calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom::store::{
    Insert, Inserted, Loaded, Revoked, Row, Store, StoreError, Swap, Touch, Touched, Version,
};
use cloakroom::{MemoryStore, SessionId, Timestamp};

/// The memory store, with its calls counted.
#[derive(Default)]
pub(super) struct Counted {
    store: MemoryStore,
    calls: Calls,
}

/// How often a store was asked for anything; clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<AtomicU64>);

impl Calls {
    /// So many by now.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counted {
    pub(super) fn calls(&self) -> Calls {
        self.calls.clone()
    }

    fn counted(&self) -> &MemoryStore {
        self.calls.add();
        &self.store
    }
}

impl Store for Counted {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.counted().load(id).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        self.counted().load_now(id)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        self.counted().insert(insert).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.counted().replace(id, seen, row).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.counted().touch(id, touch).await
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.counted().revoke(id).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.counted().purge(now, rows_max).await
    }
}
