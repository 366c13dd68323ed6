//! The model with one fault.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloakroom_core::store::{
    ErrorKind, Fence, Insert, Inserted, Loaded, Revoked, Row, RowBody, Store, StoreError, SubjectIndex,
    SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::fault::Fault;
use super::notes::Notes;
use super::{insert, list, purge, replace, revocation, revoke, sign_in, touch};
use crate::conformance::Fixture;
use crate::model::{ModelStore, Revocations, State};

/// What a store with a clock of its own would take for now: long before the checks, long after the epoch.
pub(super) const OWN_CLOCK: Timestamp = Timestamp::from_millis(1_500_000_000_000);

/// A store that is right but for one [`Fault`].
#[derive(Clone, Debug)]
pub struct BrokenStore {
    pub(super) fault: Fault,
    pub(super) model: ModelStore,
    notes: Arc<Mutex<Notes>>,
    /// How many calls have ended.
    ended: Arc<AtomicU64>,
    /// What this node keeps for itself.
    cache: Arc<Mutex<BTreeMap<SessionId, Loaded>>>,
}

impl BrokenStore {
    /// An empty store with this fault.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            model: ModelStore::new(),
            notes: Arc::default(),
            ended: Arc::default(),
            cache: Arc::default(),
        }
    }

    /// An empty store with this fault that can be opened again.
    pub fn fixture(fault: Fault) -> Fixture<Self> {
        let store = Self::new(fault);
        let first = store.clone();
        Fixture::new(store).opened_again_by(move || {
            let node = first.opened_again();
            async move { node }
        })
    }

    fn opened_again(&self) -> Self {
        if self.fault == Fault::FenceIsForgottenAtRestart {
            self.model.with(|state| state.revocations = Revocations::default());
        }
        Self { cache: Arc::default(), ..self.clone() }
    }

    /// One step on the truth and on the notes.
    pub(super) fn with<T>(&self, step: impl FnOnce(&mut State, &mut Notes) -> T) -> T {
        self.model.with(|state| step(state, &mut self.notes.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn with_cache<T>(&self, step: impl FnOnce(&mut BTreeMap<SessionId, Loaded>) -> T) -> T {
        step(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn error(&self, kind: ErrorKind, operation: &'static str) -> StoreError {
        let name = if self.fault == Fault::ErrorsAreMisnamed { "backend" } else { self.name() };
        StoreError::new(kind, name, operation)
    }

    /// The key under which a session is kept.
    fn key(&self, id: SessionId) -> SessionId {
        let mut octets = *id.as_octets();
        if self.fault == Fault::IdsAreFolded {
            octets.make_ascii_lowercase();
        }
        SessionId::from_octets(octets)
    }

    /// A row as it is kept.
    fn kept(&self, row: &Row) -> Row {
        let mut row = row.clone();
        match self.fault {
            Fault::BodiesAreCut => row.body.truncate(255),
            Fault::SubjectsAreFolded => {
                let folded = row.subject.as_ref().map(|subject| subject.as_str().to_lowercase());
                row.subject = folded.and_then(|text| Subject::new(&text).ok());
            }
            Fault::AddressesAreUnmapped => row.address = row.address.as_ref().map(IpAddr::to_canonical),
            Fault::TimestampsAreRounded => row.expires_at = rounded(row.expires_at),
            Fault::TimestampsWrap => {
                row.expires_at = Timestamp::from_millis(row.expires_at.as_millis() % i64::MAX.unsigned_abs());
            }
            _ => {}
        }
        row
    }

    /// Something that takes a moment, during which a caller can give up.
    async fn held<T>(&self, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        const CONNECTIONS: usize = 120;
        if self.fault != Fault::DroppedFuturesLeak {
            return call();
        }
        let open = self.with(|_, notes| {
            notes.open += 1;
            notes.open
        });
        if open > CONNECTIONS {
            return Err(self.error(ErrorKind::Unavailable, "connect"));
        }
        tokio::task::yield_now().await;
        let answer = call();
        self.with(|_, notes| notes.open -= 1);
        answer
    }

    fn load_at_once(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        let loaded = self.model.with(|state| state.load(self.key(id)));
        match self.fault {
            Fault::LoadFailsOnUnknown if loaded.is_none() => Err(self.error(ErrorKind::Corrupt, "load")),
            Fault::LoadHidesExpired => Ok(loaded.filter(|loaded| loaded.row.expires_at > OWN_CLOCK)),
            Fault::NodeCachesReads | Fault::NodeWritesBehind => {
                if let Some(kept) = self.with_cache(|cache| cache.get(&id).cloned()) {
                    return Ok(Some(kept));
                }
                if let (Fault::NodeCachesReads, Some(loaded)) = (self.fault, &loaded) {
                    self.with_cache(|cache| cache.insert(id, loaded.clone()));
                }
                Ok(loaded)
            }
            _ => Ok(loaded),
        }
    }

    /// A moment in which others come between, as in the round trip of a real store; at times more of them.
    ///
    /// It waits for them, up to a bound, so that what can go wrong in between does so in nearly every race.
    pub(super) async fn pause(&self) {
        const TURNS_MAX: usize = 300;
        let begun = self.ended.load(Ordering::Relaxed);
        for _ in 0..TURNS_MAX {
            tokio::task::yield_now().await;
            if self.ended.load(Ordering::Relaxed) > begun + begun % 4 {
                break;
            }
        }
    }

    /// The end of a call that writes; a node that caches knows at least of those.
    fn end_write(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        if self.fault == Fault::NodeCachesReads {
            self.with_cache(BTreeMap::clear);
        }
    }

    /// A replace that stays on this node until another one writes the session.
    fn write_behind(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let Some(loaded) = self.load_at_once(id)? else { return Ok(Swap::Gone) };
        let mut alone = State::default();
        alone.sessions.insert(id, loaded);
        let swap = alone.replace(id, seen, row);
        self.with_cache(|cache| cache.extend(alone.sessions));
        Ok(swap)
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "losing precision is the fault"
)]
fn rounded(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() as f64 as u64)
}

impl Store for BrokenStore {
    fn name(&self) -> &'static str {
        "broken"
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        let loaded = self.held(|| self.load_at_once(id)).await?;
        if let (Fault::LoadNowKeepsWhatItRead, Some(loaded)) = (self.fault, &loaded) {
            self.with_cache(|cache| cache.entry(id).or_insert_with(|| loaded.clone()).clone());
        }
        Ok(loaded)
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        let kept = self.with_cache(|cache| cache.get(&id).cloned());
        kept.filter(|_| self.fault == Fault::LoadNowKeepsWhatItRead).map(|kept| Ok(Some(kept)))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let row = self.kept(insert.row);
        let insert = Insert { id: self.key(insert.id), row: &row, ..insert };
        let answer = insert::insert(self, insert).await;
        self.end_write();
        answer
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        if self.fault == Fault::NodeWritesBehind {
            return self.write_behind(id, seen, row);
        }
        let answer = replace::replace(self, self.key(id), seen, &self.kept(row)).await;
        self.end_write();
        Ok(answer)
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.held(|| Ok(())).await?;
        let answer = touch::touch(self, self.key(id), touch).await;
        self.end_write();
        Ok(answer)
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        let answer = revoke::revoke(self, self.key(id)).await;
        self.end_write();
        Ok(answer)
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.held(|| Ok(())).await?;
        let answer = purge::purge(self, now, rows_max).await;
        self.end_write();
        Ok(answer)
    }
}

impl SubjectIndex for BrokenStore {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.model.fence(subject).await
    }

    async fn insert_for_subject(&self, sign_in: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let mut row = self.kept(sign_in.insert.row);
        if self.fault == Fault::SignInForgetsColumns {
            row = Row { address: None, body: RowBody::new(), ..row };
        }
        let insert = Insert { id: self.key(sign_in.insert.id), row: &row, ..sign_in.insert };
        let answer = sign_in::sign_in(self, SubjectInsert { insert, ..sign_in }).await;
        self.end_write();
        answer
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        Ok(list::list(self, subject))
    }

    async fn page(
        &self,
        after: Option<SessionId>,
        rows_max: usize,
    ) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        Ok(list::page(self, after, rows_max))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let ended = revocation::revoke_subject(self, subject, spare).await;
        self.end_write();
        Ok(ended)
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let ended = revocation::revoke_everyone(self).await;
        self.end_write();
        Ok(ended)
    }
}
