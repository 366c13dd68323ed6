//! What broken stores have in common: the model, a fault, and what they note down besides.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloakroom_core::store::{ErrorKind, Loaded, Row, Store, StoreError, Swap, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::fault::Fault;
use super::notes::Notes;
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

    pub(super) fn with_cache<T>(&self, step: impl FnOnce(&mut BTreeMap<SessionId, Loaded>) -> T) -> T {
        step(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn error(&self, kind: ErrorKind, operation: &'static str) -> StoreError {
        let name = if self.fault == Fault::ErrorsAreMisnamed { "backend" } else { self.name() };
        StoreError::new(kind, name, operation)
    }

    /// The key under which a session is kept.
    pub(super) fn key(&self, id: SessionId) -> SessionId {
        let mut octets = *id.as_octets();
        if self.fault == Fault::IdsAreFolded {
            octets.make_ascii_lowercase();
        }
        SessionId::from_octets(octets)
    }

    /// A row as it is kept.
    pub(super) fn kept(&self, row: &Row) -> Row {
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
    pub(super) async fn held<T>(
        &self,
        call: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
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

    pub(super) fn load_at_once(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
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
    pub(super) fn end_write(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        if self.fault == Fault::NodeCachesReads {
            self.with_cache(BTreeMap::clear);
        }
    }

    /// A replace that stays on this node until another one writes the session.
    pub(super) fn write_behind(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
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
