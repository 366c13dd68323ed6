//! A store of one's own: the shortest that keeps every promise of the contract.
//!
//! It is a map behind a lock, so each operation is one step by itself. A store on a database gets the same from a transaction, or from
//! a conditional write; the comments say which promise each line keeps. `tests/custom_store.rs` runs the conformance suite on it, which
//! is how one finds out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloakroom::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Store, StoreError, Swap, Touch, Touched, Version,
};
use cloakroom::{SessionId, Timestamp};

/// Sessions in a map; they end with the process.
#[derive(Debug, Default)]
pub struct MapStore(Mutex<HashMap<SessionId, Loaded>>);

impl MapStore {
    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Loaded>> {
        // Nothing below panics half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MapStore {
    fn name(&self) -> &'static str {
        "map"
    }

    /// Expired rows too: whether a session is live is judged by the library's clock, never by a store's.
    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        Ok(self.sessions().get(&id).cloned())
    }

    /// The only way for a row to come into being, and the end of the one that it replaces, in one step.
    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let mut sessions = self.sessions();
        if sessions.contains_key(&insert.id) {
            return Err(StoreError::new(ErrorKind::Duplicate, "map", "insert"));
        }
        if let Some(seen) = insert.replaces {
            match sessions.get(&seen.id) {
                None => return Ok(Inserted::Gone),
                Some(found) if found.version != seen.version => return Ok(Inserted::Lost),
                Some(_) => sessions.remove(&seen.id),
            };
        }
        sessions.insert(insert.id, Loaded { row: insert.row.clone(), version: Version::FIRST });
        Ok(Inserted::Done)
    }

    /// A compare-and-swap that never creates: a session that was ended stays ended, whoever was about to write it.
    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let mut sessions = self.sessions();
        let Some(found) = sessions.get_mut(&id) else { return Ok(Swap::Gone) };
        if found.version != seen {
            return Ok(Swap::Lost);
        }
        // A touch may have come since the row was read, and activity is never taken back.
        let row = Row {
            last_seen_at: row.last_seen_at.max(found.row.last_seen_at),
            expires_at: row.expires_at.max(found.row.expires_at),
            ..row.clone()
        };
        *found = Loaded { row, version: seen.next() };
        Ok(Swap::Done(seen.next()))
    }

    /// Forward only, and without a new version: activity neither wins nor loses against a write.
    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        let mut sessions = self.sessions();
        let Some(found) = sessions.get_mut(&id) else { return Ok(Touched::Gone) };
        found.row.last_seen_at = found.row.last_seen_at.max(touch.last_seen_at);
        found.row.expires_at = found.row.expires_at.max(touch.expires_at);
        Ok(Touched::Done)
    }

    /// Durable before it returns: here that is the map itself.
    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        Ok(self.sessions().remove(&id).map_or(Revoked::Absent, |_| Revoked::Done))
    }

    /// In batches, so that nobody waits for long.
    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        let mut sessions = self.sessions();
        let expired = sessions.iter().filter(|(_, found)| found.row.expires_at <= now);
        let expired: Vec<SessionId> = expired.map(|(id, _)| *id).take(rows_max).collect();
        for id in &expired {
            sessions.remove(id);
        }
        Ok(expired.len())
    }
}
