//! The subject shards: whose newest session is where, and who was revoked lately.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use cloakroom_core::store::Fence;
use cloakroom_core::{Subject, Timestamp};
use smallvec::SmallVec;

use super::fences::Fences;
use super::slot::Handle;
use super::tables::{Spot, TABLES, Tables};
use super::trouble::Trouble;

const SHARDS: usize = 256;

/// A keyed hash of a subject, 64 bits.
///
/// Subjects may be chosen by an attacker, so the key is random. Two subjects may yet have one hash: they then share a
/// list, and whoever walks it compares the subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

/// All subject shards and their locks.
pub(super) struct Subjects {
    shards: Box<[Mutex<SubjectShard>]>,
    hasher: RandomState,
    revocations: AtomicU64,
}

/// One subject shard.
#[derive(Default)]
pub(super) struct SubjectShard {
    /// Where the newest session of each subject is.
    newest: Tables<{ Handle::BITS }>,
    pub(super) fences: Fences,
}

/// The shards of one or two subjects, locked at once.
pub(super) struct Held<'a>(SmallVec<[(usize, MutexGuard<'a, SubjectShard>); 2]>);

impl Default for Subjects {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            revocations: AtomicU64::new(0),
        }
    }
}

impl Subjects {
    pub(super) fn key(&self, subject: &Subject) -> Key {
        Key(self.hasher.hash_one(subject.as_str().as_bytes()))
    }

    /// The key of the octets of a subject; `None` for a visitor, who has none.
    pub(super) fn key_of_octets(&self, subject: &[u8]) -> Option<Key> {
        (!subject.is_empty()).then(|| Key(self.hasher.hash_one(subject)))
    }

    /// Where a sign-in that begins now stands among the revocations.
    pub(super) fn fence(&self) -> Fence {
        Fence::from_number(self.revocations.load(Ordering::SeqCst))
    }

    /// The number of a revocation that begins now; its subject is locked.
    pub(super) fn next_revocation(&self) -> Fence {
        Fence::from_number(self.revocations.fetch_add(1, Ordering::SeqCst) + 1)
    }

    pub(super) fn lock(&self, key: Key) -> Result<MutexGuard<'_, SubjectShard>, Trouble> {
        Ok(self.shards[key.shard()].lock()?)
    }

    /// Locks the shards of up to two subjects, in the order of their numbers.
    pub(super) fn lock_both(&self, keys: [Option<Key>; 2]) -> Result<Held<'_>, Trouble> {
        let mut numbers: SmallVec<[usize; 2]> = keys.into_iter().flatten().map(Key::shard).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let lock = |number: usize| Ok((number, self.shards[number].lock()?));
        numbers.into_iter().map(lock).collect::<Result<_, Trouble>>().map(Held)
    }

    /// Locks all shards, in the order of their numbers.
    pub(super) fn lock_all(&self) -> Result<Vec<MutexGuard<'_, SubjectShard>>, Trouble> {
        self.shards.iter().map(|shard| Ok(shard.lock()?)).collect()
    }

    /// Lets every shard forget the revocations that no sign-in can still be running into.
    pub(super) fn forget_revocations(&self, now: Timestamp) -> Result<(), Trouble> {
        self.shards.iter().try_for_each(|shard| {
            shard.lock()?.fences.forget(now);
            Ok(())
        })
    }
}

impl Held<'_> {
    /// The shard of this subject, which was locked.
    pub(super) fn of(&mut self, key: Key) -> &mut SubjectShard {
        let held = self.0.iter_mut().find(|(number, _)| *number == key.shard());
        &mut held.expect("a subject is locked before its list is used").1
    }
}

impl SubjectShard {
    /// The newest session of this subject; [`Handle::NONE`] when it has none.
    pub(super) fn newest(&self, key: Key) -> Handle {
        self.newest.find(key.spot(), |_| true).map_or(Handle::NONE, Handle::from_number)
    }

    /// Says what the newest session of this subject is now; it was another before, or none.
    pub(super) fn set_newest(&mut self, key: Key, newest: Handle) {
        match (self.newest(key), newest) {
            (old, new) if old.is_none() && new.is_none() => {}
            (old, new) if old.is_none() => self.newest.insert(key.spot(), new.number()),
            (old, new) if new.is_none() => self.newest.remove(key.spot(), old.number()),
            (old, new) => self.newest.replace(key.spot(), old.number(), new.number()),
        }
    }

    /// Forgets all sessions, and every sign-in that began before `revocation` loses. What is returned is for the caller to
    /// drop when no lock waits for it.
    pub(super) fn revoke_everyone(&mut self, revocation: Fence) -> Self {
        let fences = self.fences.of_everyone(revocation);
        std::mem::replace(self, Self { newest: Tables::default(), fences })
    }
}

impl Key {
    /// The number that revocations of the subject go by.
    pub(super) const fn number(self) -> u64 {
        self.0
    }

    fn shard(self) -> usize {
        usize::from(self.0.to_be_bytes()[0])
    }

    /// The bits that chose the shard and the table are of no more use, and the table keeps the upper half.
    fn spot(self) -> Spot {
        let table = usize::from(self.0.to_be_bytes()[1]) % TABLES;
        Spot { table, hash: self.0 << 32 }
    }
}
