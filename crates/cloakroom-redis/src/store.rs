//! The store: the contracts, spoken to Redis.

use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError, SubjectIndex,
    SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use thiserror::Error;

use crate::answer::octets;
use crate::creation::{Creation, Terms};
use crate::error::{BACKEND, Trouble};
use crate::inner::Inner;
use crate::keys::{Keys, PlaceKey};
use crate::options::{InvalidRedisUrl, RedisOptions};
use crate::router::Router;

/// Sessions in Redis or Valkey: one server, a master under Sentinel, or a cluster.
///
/// Every clone is the same store, and any number of processes may have the same servers open. Needs version 6.2 or later.
///
/// What it promises depends on the servers' configuration: they keep what they acknowledge only as far as they persist it
/// (`appendonly yes`), a failover may lose what no replica had yet (see `wait_replicas` of [`RedisOptions`]), and with any
/// other `maxmemory-policy` than `noeviction` sessions end at random.
///
/// Must be used from within a tokio runtime.
///
/// # Security
/// A value holds the digest of a secret, and no secret. An ID has 112 random bits; its last two octets tell who has two of
/// them that they may be of one subject, but not of which.
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

/// Why a Redis could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RedisOpenError {
    /// The URL names no Redis.
    #[error(transparent)]
    Url(#[from] InvalidRedisUrl),
    /// The certificates to trust cannot be read.
    #[error("the certificates of {} cannot be read", path.display())]
    Certificates {
        /// The file of the parameter `ca`.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It cannot be reached, or refuses us.
    #[error("Redis cannot be used")]
    Unusable(#[source] StoreError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    NoRandomness,
}

impl RedisStore {
    /// Opens the servers that a URL names; see [`RedisOptions`].
    ///
    /// # Errors
    /// [`RedisOpenError`].
    pub async fn open(url: &str) -> Result<Self, RedisOpenError> {
        Self::open_with(&url.parse()?).await
    }

    /// Opens servers.
    ///
    /// # Errors
    /// [`RedisOpenError`].
    pub async fn open_with(options: &RedisOptions) -> Result<Self, RedisOpenError> {
        let mut options = options.clone();
        if let Some(path) = &options.ca {
            let roots = std::fs::read(path);
            options.roots =
                Some(roots.map_err(|source| RedisOpenError::Certificates { path: path.clone(), source })?);
        }
        let (router, keys) = (Router::new(&options), Keys::new(&options.prefix));
        let inner = Arc::new(Inner::new(router, keys, fresh_place_key()?));
        inner.agree().await.map_err(|trouble| RedisOpenError::Unusable(trouble.of("open")))?;
        inner.warn_of_eviction().await;
        Ok(Self { inner })
    }

    /// Finds out whether every master answers; writes nothing.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await.map_err(|trouble| trouble.of("ping"))
    }

    /// Every octet that the store keeps, for tests that search them for secrets. All of it is in memory at once, and each
    /// server is walked over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dump(&self) -> Result<Vec<u8>, StoreError> {
        self.inner.dump().await.map_err(|trouble| trouble.of("dump"))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    async fn create(
        &self,
        operation: &'static str,
        creation: Creation,
    ) -> Result<SubjectInserted, StoreError> {
        self.inner.create(creation).await.map_err(|trouble| trouble.of(operation))
    }
}

#[expect(clippy::disallowed_methods, reason = "a store that is empty gets a key of its own, once")]
fn fresh_place_key() -> Result<PlaceKey, RedisOpenError> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).map_err(|_| RedisOpenError::NoRandomness)?;
    Ok(PlaceKey::from_octets(octets))
}

impl Inner {
    async fn ping(&self) -> Result<(), Trouble> {
        let mut commands = redis::pipe();
        commands.cmd("PING");
        for (_, link) in self.router.masters().await? {
            self.router.tell(&link, &commands).await?;
        }
        Ok(())
    }

    /// Says in the log when a server may drop sessions; one that does not tell its configuration is believed.
    async fn warn_of_eviction(&self) {
        let Ok(servers) = self.router.masters().await else { return };
        let mut commands = redis::pipe();
        commands.cmd("INFO").arg("memory");
        for (_, link) in servers {
            let Ok(answers) = self.router.tell(&link, &commands).await else { continue };
            let info = answers.first().and_then(octets).map(String::from_utf8_lossy).unwrap_or_default();
            let policy = info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:")).map(str::trim);
            if let Some(policy) = policy.filter(|policy| *policy != "noeviction") {
                tracing::warn!(
                    target: "cloakroom",
                    policy,
                    "Redis drops sessions when its memory is full; set maxmemory-policy noeviction"
                );
            }
        }
    }
}

impl Store for RedisStore {
    fn name(&self) -> &'static str {
        BACKEND
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.inner.load(id).await.map_err(|trouble| trouble.of("load"))
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let Insert { id, row, replaces } = insert;
        let creation = Creation { id, row: row.clone(), replaces, terms: None };
        match self.create("insert", creation).await? {
            SubjectInserted::Done { .. } => Ok(Inserted::Done),
            SubjectInserted::Lost => Ok(Inserted::Lost),
            SubjectInserted::Gone => Ok(Inserted::Gone),
            SubjectInserted::Full | SubjectInserted::Fenced => {
                unreachable!("only terms can refuse a session")
            }
        }
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.inner.replace(id, seen, row).await.map_err(|trouble| trouble.of("replace"))
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.inner.touch(id, touch).await.map_err(|trouble| trouble.of("touch"))
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.inner.revoke(id).await.map_err(|trouble| trouble.of("revoke"))
    }

    /// Walks over all keys, and is never needed: Redis drops expired rows by itself a day after their end.
    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.inner.purge(now, rows_max).await.map_err(|trouble| trouble.of("purge"))
    }
}

impl SubjectIndex for RedisStore {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.inner.fence(subject).await.map_err(|trouble| trouble.of("fence"))
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let SubjectInsert { insert: Insert { id, row, replaces }, fence, cap, now } = insert;
        let terms = Some(Terms { fence, cap, now });
        self.create("insert_for_subject", Creation { id, row: row.clone(), replaces, terms }).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.inner.list(subject).await.map_err(|trouble| trouble.of("list"))
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.inner.page(after, rows_max).await.map_err(|trouble| trouble.of("page"))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.inner.revoke_subject(subject, spare).await.map_err(|trouble| trouble.of("revoke_subject"))
    }

    /// Goes on when its future is dropped: sessions that have begun to end do not stop half-way.
    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let inner = Arc::clone(&self.inner);
        let work = tokio::spawn(async move { inner.revoke_everyone().await });
        let ended = work.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Trouble::Silent),
        });
        ended.map_err(|trouble| trouble.of("revoke_everyone"))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
