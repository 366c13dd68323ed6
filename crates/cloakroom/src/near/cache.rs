//! The store that answers from copies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::store::{
    Changes, Insert, Inserted, Loaded, Reading, Revoked, Row, Store, StoreError, Swap, Touch, Touched,
    Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use tokio::task::AbortHandle;

use super::copies::{Copies, Look};
use super::doubt::Doubt;
use super::options::NearOptions;

/// A store in front of another one that answers reads from memory, for up to a stated time.
///
/// Put it in front of a store that is across a network, in a process that sees the same sessions again and again:
///
/// ```
/// use cloakroom::{MemoryStore, NearCache, NearOptions, Sessions};
///
/// let sessions = Sessions::indexed(NearCache::new(MemoryStore::new(), NearOptions::default()));
/// ```
/// It finds sessions by subject when the store behind it does. [The module](super) says what it promises.
pub struct NearCache<S> {
    pub(super) inner: Arc<S>,
    pub(super) copies: Arc<Copies>,
    listener: Option<Listener>,
}

/// The task that is told of changes, which ends with the cache.
struct Listener(AbortHandle);

impl<S: Store> NearCache<S> {
    /// Copies by their bound alone: what another node does takes effect here when the bound is over.
    pub fn new(inner: S, options: NearOptions) -> Self {
        Self { inner: Arc::new(inner), copies: Arc::new(Copies::new(options)), listener: None }
    }

    /// The store behind.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many rows there are copies of.
    pub fn copies(&self) -> usize {
        self.copies.rows()
    }

    /// How many octets the copies take.
    pub fn octets(&self) -> usize {
        self.copies.octets()
    }

    /// Makes no copies, and stands for the store behind.
    fn is_off(&self) -> bool {
        self.copies.bound().is_zero()
    }
}

impl<S: Changes> NearCache<S> {
    /// The same, and what other nodes do takes effect here as soon as the store tells of it, within the bound in any case.
    ///
    /// # Panics
    /// Outside a tokio runtime: it begins a task, which ends with the cache.
    pub fn listening(inner: S, options: NearOptions) -> Self {
        let mut cache = Self::new(inner, options);
        let (inner, copies) = (Arc::clone(&cache.inner), Arc::clone(&cache.copies));
        let listening = tokio::spawn(async move { inner.watch(copies).await });
        cache.listener = Some(Listener(listening.abort_handle()));
        cache
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<S: Store> Store for NearCache<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    /// The row as of a moment up to the bound ago.
    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.read(id).await.map(Reading::into_loaded)
    }

    /// The row as of a moment up to the bound ago. Callers who miss at once share one load; for the one who makes it, it is
    /// fresh.
    async fn read(&self, id: SessionId) -> Result<Reading, StoreError> {
        if self.is_off() {
            return self.inner.read(id).await;
        }
        loop {
            match self.copies.look(id, self.copies.now()) {
                Look::Found(answer) => return answer.map(Reading::Copied),
                Look::Lead(lead) => {
                    let reading = self.inner.read(id).await;
                    lead.land(&reading.clone().map(Reading::into_loaded));
                    return reading;
                }
                Look::Join(mut coming) => {
                    // A caller that gave up leaves no answer, and somebody else has to load.
                    if let Ok(answer) = coming.wait_for(Option::is_some).await
                        && let Some(answer) = answer.clone()
                    {
                        return answer.map(Reading::Copied);
                    }
                }
            }
        }
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        if self.is_off() {
            return self.inner.load_now(id);
        }
        self.copies.find(id, self.copies.now())
    }

    /// The row as it is in the store behind. The answer replaces the copy.
    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        if self.is_off() {
            return self.inner.load_fresh(id).await;
        }
        let lead = self.copies.lead(id, self.copies.now());
        let answer = self.inner.load_fresh(id).await;
        lead.land(&answer);
        answer
    }

    fn staleness(&self) -> Duration {
        self.copies.bound().saturating_add(self.inner.staleness())
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let _doubt = Doubt::about_insert(&self.copies, insert);
        self.inner.insert(insert).await
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let _doubt = Doubt::about(&self.copies, [Some(id), None]);
        self.inner.replace(id, seen, row).await
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        let doubt = Doubt::about_touch(&self.copies, id);
        let touched = self.inner.touch(id, touch).await?;
        match touched {
            Touched::Done => doubt.settle_touch(touch),
            Touched::Gone => drop(doubt),
        }
        Ok(touched)
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        let _doubt = Doubt::about(&self.copies, [Some(id), None]);
        self.inner.revoke(id).await
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.copies.purge(now);
        self.inner.purge(now, rows_max).await
    }
}

impl<S: Store> fmt::Debug for NearCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearCache")
            .field("inner", &self.inner.name())
            .field("staleness_max", &self.copies.bound())
            .field("listens", &self.listener.is_some())
            .finish_non_exhaustive()
    }
}
