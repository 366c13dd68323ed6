//! Writing over a session.

use cloakroom_core::Subject;
use cloakroom_core::store::{Row, Seen, Swap};

use super::chain;
use super::shard::{Shard, number_of};
use super::slot::{Handle, Slot};
use super::store::MemoryStore;
use super::subjects::Key;
use super::trouble::Trouble;

impl MemoryStore {
    /// Writes `row` over the version that was seen. Only when the session's list changes are subjects locked.
    pub(super) fn swap(&self, seen: Seen, row: &Row) -> Result<Swap, Trouble> {
        let mut shard = self.shards.write(number_of(seen.id))?;
        let slot = match seen_at(&shard, seen) {
            Ok(slot) => slot,
            Err(swap) => return Ok(swap),
        };
        let subject = shard.cell(slot).subject();
        let same_subject = subject == row.subject.as_ref().map_or("", Subject::as_str).as_bytes();
        if same_subject && (subject.is_empty() || shard.has_room(slot, row)) {
            shard.rewrite(slot, row, seen.version.next())?;
            return Ok(Swap::Done(seen.version.next()));
        }
        let old = self.key_at(&shard, slot);
        drop(shard);
        match (old, &row.subject) {
            (Some(old), None) => self.swap_for_visitor(seen, row, old),
            (old, Some(subject)) => self.swap_for_subject(seen, row, old, self.subjects.key(subject)),
            (None, None) => unreachable!("a visitor's row over a visitor's was written above"),
        }
    }

    /// The session has a subject afterwards: another one, or the same and a cell of another size.
    fn swap_for_subject(&self, seen: Seen, row: &Row, old: Option<Key>, new: Key) -> Result<Swap, Trouble> {
        let mut subjects = self.subjects.lock_both([old, Some(new)])?;
        let mut shard = self.shards.write(number_of(seen.id))?;
        let from = match self.seen_of(&shard, seen, old) {
            Ok(slot) => slot,
            Err(swap) => return Ok(swap),
        };
        let to = shard.rewrite(from, row, seen.version.next())?;
        drop(shard);

        // The row says whose it is before the lists do; whoever sees it waits for the new subject's lock.
        let session = Handle::new(number_of(seen.id), to);
        if let Some(old) = old {
            if to != from {
                chain::moved(&self.shards, subjects.of(old), old, session)?;
            }
            if new != old {
                chain::unlink(&self.shards, subjects.of(old), old, session)?;
            }
        }
        if Some(new) != old {
            chain::link(&self.shards, subjects.of(new), new, session)?;
        }
        Ok(Swap::Done(seen.version.next()))
    }

    /// The session has no subject afterwards.
    ///
    /// It leaves the list first: who sees a visitor's session ends or moves it at once and mends no list.
    fn swap_for_visitor(&self, seen: Seen, row: &Row, old: Key) -> Result<Swap, Trouble> {
        let mut subject = self.subjects.lock(old)?;
        let number = number_of(seen.id);
        let slot = match self.seen_of(&*self.shards.read(number)?, seen, Some(old)) {
            Ok(slot) => slot,
            Err(swap) => return Ok(swap),
        };
        chain::unlink(&self.shards, &mut subject, old, Handle::new(number, slot))?;

        let mut shard = self.shards.write(number)?;
        let written = match seen_at(&shard, seen) {
            Ok(slot) => {
                shard.rewrite(slot, row, seen.version.next()).map(|_| Swap::Done(seen.version.next()))
            }
            Err(swap) => Ok(swap),
        };
        drop(shard);
        if !matches!(written, Ok(Swap::Done(_))) {
            chain::link(&self.shards, &mut subject, old, Handle::new(number, slot))?;
        }
        written
    }

    /// Where a session is, if it is what was seen, and of the subject that was locked.
    pub(super) fn seen_of(&self, shard: &Shard, seen: Seen, key: Option<Key>) -> Result<Slot, Swap> {
        let slot = seen_at(shard, seen)?;
        // The same version of another row: the session that was seen has ended, and its ID was given to another.
        if self.key_at(shard, slot) == key { Ok(slot) } else { Err(Swap::Lost) }
    }
}

/// Where a session is, if it is at this version.
fn seen_at(shard: &Shard, seen: Seen) -> Result<Slot, Swap> {
    let slot = shard.find(seen.id).ok_or(Swap::Gone)?;
    if shard.cell(slot).version() == seen.version { Ok(slot) } else { Err(Swap::Lost) }
}
