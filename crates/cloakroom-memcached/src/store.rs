//! The store.

use std::fmt;
use std::sync::Arc;

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Store, StoreError, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Timestamp};

use crate::error::{NAME, Trouble};
use crate::options::MemcachedOptions;
use crate::servers::{Server, Servers};

/// Keeps sessions in one Memcached or several, version 1.6 or later.
///
/// Each session is on one server. When that is down, its sessions are in trouble and not signed out; no other server takes
/// them over, since it would know nothing of what was revoked meanwhile.
///
/// A look-up is one round trip, a write or a revocation two, a sign-in one, or four when it replaces a session.
/// Any number of callers share the connections; a clone is the same store.
///
/// It finds no sessions by subject:
/// ```compile_fail,E0277
/// fn needs_an_index(_: impl cloakroom_core::store::SubjectIndex) {}
/// fn f(store: cloakroom_memcached::MemcachedStore) {
///     needs_an_index(store);
/// }
/// ```
///
/// # Security
/// Holds digests of secrets, never the secrets. What a server drops for want of room signs somebody out; nothing brings a
/// session back that was revoked, since only a sign-in creates one. See [`MemcachedOptions`] on who may reach the servers.
#[derive(Clone)]
pub struct MemcachedStore {
    servers: Arc<Servers>,
}

impl MemcachedStore {
    /// Connects to every server of the list.
    ///
    /// # Errors
    /// When one cannot be reached, or is older than Memcached 1.6.
    ///
    /// # Panics
    /// Outside a tokio runtime: each connection is a task.
    pub async fn connect(options: &MemcachedOptions) -> Result<Self, StoreError> {
        let servers = Arc::new(Servers::start(options));
        servers.greet().await.map_err(|trouble| trouble.of("connect"))?;
        Ok(Self { servers })
    }
}

impl Store for MemcachedStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.servers.load(id).await.map_err(|trouble| trouble.of("load"))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let answer = self.servers.insert(insert).await.map_err(|trouble: Trouble| trouble.of("insert"))?;
        answer.ok_or_else(|| StoreError::new(ErrorKind::Duplicate, NAME, "insert"))
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.servers.replace(id, seen, row).await.map_err(|trouble| trouble.of("replace"))
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.servers.touch(id, touch).await.map_err(|trouble| trouble.of("touch"))
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.servers.revoke(id).await.map_err(|trouble| trouble.of("revoke"))
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.servers.purge(now, rows_max).await.map_err(|trouble| trouble.of("purge"))
    }
}

impl fmt::Debug for MemcachedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers: Vec<_> = self.servers.iter().map(Server::address).collect();
        f.debug_struct("MemcachedStore").field("servers", &servers).finish_non_exhaustive()
    }
}
