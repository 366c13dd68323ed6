//! All session shards and their locks.

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use smallvec::SmallVec;

use super::shard::Shard;
use super::trouble::Trouble;

/// The session shards by number.
pub(super) struct Shards(Box<[RwLock<Shard>]>);

/// Some of them, locked at once.
pub(super) struct Several<'a>(SmallVec<[(u8, RwLockWriteGuard<'a, Shard>); 3]>);

impl Default for Shards {
    fn default() -> Self {
        Self(Self::numbers().map(|_| RwLock::default()).collect())
    }
}

impl Shards {
    /// The numbers of the shards, which follow the order of the session IDs.
    pub(super) fn numbers() -> impl Iterator<Item = u8> {
        0..=u8::MAX
    }

    pub(super) fn read(&self, number: u8) -> Result<RwLockReadGuard<'_, Shard>, Trouble> {
        Ok(self.0[usize::from(number)].read()?)
    }

    pub(super) fn write(&self, number: u8) -> Result<RwLockWriteGuard<'_, Shard>, Trouble> {
        Ok(self.0[usize::from(number)].write()?)
    }

    /// Locks these shards, in the order of their numbers.
    pub(super) fn several(&self, numbers: impl Iterator<Item = u8>) -> Result<Several<'_>, Trouble> {
        let mut numbers: SmallVec<[u8; 3]> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        let lock = |number| Ok((number, self.write(number)?));
        numbers.into_iter().map(lock).collect::<Result<_, Trouble>>().map(Several)
    }
}

impl Several<'_> {
    /// One of the locked shards.
    pub(super) fn of(&mut self, number: u8) -> &mut Shard {
        let held = self.0.iter_mut().find(|(held, _)| *held == number);
        &mut held.expect("a shard is locked before it is used").1
    }
}
