//! The store, and what is done to one session.

use std::io::{self, Write};

use cloakroom_core::store::{
    Insert, Inserted, Loaded, Revoked, Row, Seen, Store, StoreError, SubjectInserted, Swap, Touch, Touched,
    Version,
};
use cloakroom_core::{SessionId, Timestamp};

use super::chain;
use super::shard::{Shard, number_of};
use super::shards::Shards;
use super::slot::{Handle, Slot};
use super::subjects::{Key, Subjects};
use super::trouble::{NAME, Trouble};
use super::turn::Turn;

/// Keeps sessions in memory, for as long as the process runs: a restart signs everyone out.
///
/// Reads share a lock and allocate nothing for a session of ordinary size; writes hold a lock for some microseconds. A
/// session of a subject and a short value takes some 145 octets, all indexes included. The memory of ended sessions
/// goes back to the operating system. Rows whose time is up stay until [`Store::purge`] is called.
///
/// # Security
/// Holds digests of secrets, never the secrets: [`MemoryStore::dump`] writes out nothing that works as a cookie. The
/// memory of an ended session is wiped.
#[derive(Default)]
pub struct MemoryStore {
    pub(super) shards: Shards,
    pub(super) subjects: Subjects,
    pub(super) purges: Turn,
}

/// When a session is to end.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    Now,
    /// Only when it has expired by then; otherwise its timer is set again.
    IfExpired(Timestamp),
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many rows there are, expired ones included.
    ///
    /// # Errors
    /// When a thread panicked while it changed the store.
    pub fn rows(&self) -> Result<usize, StoreError> {
        let len = |number| Ok(self.shards.read(number)?.len());
        Shards::numbers().map(len).sum::<Result<_, _>>().map_err(|trouble: Trouble| trouble.of("rows"))
    }

    /// Writes every octet that is kept of any session, so that a test can look for what must not be among them.
    ///
    /// # Errors
    /// Those of `out`, and when a thread panicked while it changed the store.
    pub fn dump(&self, out: &mut dyn Write) -> io::Result<()> {
        for number in Shards::numbers() {
            let shard = self.shards.read(number).map_err(|trouble| io::Error::other(trouble.of("dump")))?;
            let octets: Vec<u8> = shard.octets().flatten().copied().collect();
            drop(shard);
            out.write_all(&octets)?;
        }
        Ok(())
    }

    /// The key of a session's subject; `None` for a visitor.
    pub(super) fn key_at(&self, shard: &Shard, slot: Slot) -> Option<Key> {
        self.subjects.key_of_octets(shard.cell(slot).subject())
    }

    /// Ends a session, and says whether it did.
    pub(super) fn end(&self, id: SessionId, ends: Ends) -> Result<bool, Trouble> {
        let number = number_of(id);
        loop {
            let mut shard = self.shards.write(number)?;
            let Some(slot) = shard.find(id) else { return Ok(false) };
            let Some(key) = self.key_at(&shard, slot) else {
                let detached = detach(&mut shard, slot, ends);
                if detached {
                    shard.release(slot);
                }
                return Ok(detached);
            };
            drop(shard);

            let mut subject = self.subjects.lock(key)?;
            let mut shard = self.shards.write(number)?;
            let Some(slot) = shard.find(id) else { return Ok(false) };
            if self.key_at(&shard, slot) != Some(key) {
                // It was replaced by a row of another subject meanwhile; ending it must win in the end.
                continue;
            }
            if !detach(&mut shard, slot, ends) {
                return Ok(false);
            }
            drop(shard);
            chain::bury(&self.shards, &mut subject, key, Handle::new(number, slot))?;
            return Ok(true);
        }
    }

    fn move_on(&self, id: SessionId, touch: Touch) -> Result<Touched, Trouble> {
        let mut shard = self.shards.write(number_of(id))?;
        let Some(slot) = shard.find(id) else { return Ok(Touched::Gone) };
        shard.touch(slot, touch);
        Ok(Touched::Done)
    }
}

fn detach(shard: &mut Shard, slot: Slot, ends: Ends) -> bool {
    match ends {
        Ends::IfExpired(now) if shard.times(slot).expires > now => {
            shard.file_again(slot, now);
            false
        }
        Ends::IfExpired(_) | Ends::Now => {
            shard.detach(slot);
            true
        }
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        let shard = self.shards.read(number_of(id)).map_err(|trouble| trouble.of("load"))?;
        Ok(shard.load(id))
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        // Spelled out, so that the row is written where the caller finds it and not moved there.
        let shard = match self.shards.read(number_of(id)) {
            Ok(shard) => shard,
            Err(trouble) => return Some(Err(trouble.of("load"))),
        };
        Some(Ok(shard.load(id)))
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        match self.create(insert, None).map_err(|trouble| trouble.of("insert"))? {
            SubjectInserted::Done { .. } => Ok(Inserted::Done),
            SubjectInserted::Lost => Ok(Inserted::Lost),
            SubjectInserted::Gone => Ok(Inserted::Gone),
            SubjectInserted::Full | SubjectInserted::Fenced => {
                unreachable!("only terms can refuse a session")
            }
        }
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        self.swap(Seen { id, version: seen }, row).map_err(|trouble| trouble.of("replace"))
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.move_on(id, touch).map_err(|trouble| trouble.of("touch"))
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        let ended = self.end(id, Ends::Now).map_err(|trouble| trouble.of("revoke"))?;
        Ok(if ended { Revoked::Done } else { Revoked::Absent })
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.purge_expired(now, rows_max).await
    }
}
