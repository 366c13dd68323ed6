//! Rows that were read, kept for as long as they are what the file says.

use std::collections::HashMap;
use std::mem::{replace, size_of, take};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use cloakroom_core::store::{Loaded, Row, RowBody};
use cloakroom_core::{SessionId, Subject};

use super::moments::ReadAt;

/// So many that threads rarely meet in one.
const SHARDS: usize = 64;

/// What all copies may take; one of an ordinary session takes some 350 octets.
const OCTETS_MAX: usize = 32 << 20;

/// What a place in a table takes beside what is in it, and an allocation beside what was asked for.
const OVERHEAD_OCTETS: usize = 32;

/// Copies of rows, of which those that nobody asks for make room for others.
#[derive(Debug)]
pub(super) struct Copies {
    shards: Box<[RwLock<Shard>]>,
    /// What half a shard may take.
    half_octets_max: usize,
}

/// What was read, and when.
#[derive(Debug)]
pub(super) struct Copy {
    loaded: Loaded,
    /// The number of the row.
    pub(super) row: i64,
    pub(super) read_at: ReadAt,
}

/// Two halves: what comes goes into the young one. When that is full it becomes the old one, and what was in the old one and was not
/// asked for meanwhile is gone.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<SessionId, Box<Copy>>,
    young_octets: usize,
    old: HashMap<SessionId, Box<Copy>>,
}

impl Copy {
    pub(super) fn new(loaded: &Loaded, row: i64, read_at: ReadAt) -> Self {
        Self { loaded: exact(loaded), row, read_at }
    }

    fn octets(&self) -> usize {
        let row = &self.loaded.row;
        let subject = row.subject.as_ref().map_or(0, |subject| subject.as_str().len());
        let subject = if subject > size_of::<Subject>() { subject + OVERHEAD_OCTETS } else { 0 };
        let body = if row.body.spilled() { row.body.capacity() + OVERHEAD_OCTETS } else { 0 };
        size_of::<Self>() + size_of::<(SessionId, Box<Self>)>() + 2 * OVERHEAD_OCTETS + subject + body
    }
}

/// A clone that takes no more room than it needs; and the body's octets as one block, which `clone` would take one by one.
fn exact(Loaded { row, version }: &Loaded) -> Loaded {
    let body = RowBody::from_slice(&row.body);
    Loaded { row: Row { subject: row.subject.clone(), body, ..*row }, version: *version }
}

impl Copies {
    pub(super) fn new() -> Self {
        Self::of_octets(OCTETS_MAX, SHARDS)
    }

    fn of_octets(octets_max: usize, shards: usize) -> Self {
        let half_octets_max = octets_max / shards / 2;
        Self { shards: std::iter::repeat_with(RwLock::default).take(shards).collect(), half_octets_max }
    }

    /// The copy of this session's row, if there is one that is as it has to be.
    pub(super) fn find(&self, id: SessionId, is_same: impl Fn(&Copy) -> bool) -> Option<Loaded> {
        let shard = self.read(id);
        if let Some(copy) = shard.young.get(&id) {
            return is_same(copy).then(|| exact(&copy.loaded));
        }
        let found = shard.old.get(&id).filter(|copy| is_same(copy)).map(|copy| exact(&copy.loaded))?;
        drop(shard);
        let mut shard = self.write(id);
        let kept = shard.old.remove(&id);
        let outdated = kept.and_then(|copy| shard.keep(id, copy, self.half_octets_max));
        drop((shard, outdated));
        Some(found)
    }

    /// Keeps a copy in place of another that the session may have.
    pub(super) fn keep(&self, id: SessionId, copy: Copy) {
        if copy.octets() > self.half_octets_max / 8 {
            return;
        }
        let mut shard = self.write(id);
        let before = shard.old.remove(&id);
        let outdated = shard.keep(id, Box::new(copy), self.half_octets_max);
        // Much may go, and nobody has to wait for it.
        drop((shard, before, outdated));
    }

    fn shard(&self, id: SessionId) -> &RwLock<Shard> {
        // IDs are random.
        &self.shards[usize::from(id.as_octets()[0]) % self.shards.len()]
    }

    fn read(&self, id: SessionId) -> RwLockReadGuard<'_, Shard> {
        self.shard(id).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, id: SessionId) -> RwLockWriteGuard<'_, Shard> {
        self.shard(id).write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    /// Keeps a copy; returns those that have to go for it.
    fn keep(
        &mut self,
        id: SessionId,
        copy: Box<Copy>,
        octets_max: usize,
    ) -> Option<HashMap<SessionId, Box<Copy>>> {
        self.young_octets += copy.octets();
        if let Some(before) = self.young.insert(id, copy) {
            self.young_octets -= before.octets();
        }
        if self.young_octets <= octets_max {
            return None;
        }
        self.young_octets = 0;
        Some(replace(&mut self.old, take(&mut self.young)))
    }
}

#[cfg(test)]
mod tests {
    use cloakroom_core::Timestamp;
    use cloakroom_core::store::Version;

    use super::*;

    fn id(number: u64) -> SessionId {
        let mut octets = [7; SessionId::LEN];
        octets[8..].copy_from_slice(&number.to_le_bytes());
        SessionId::from_octets(octets)
    }

    fn copy(number: i64, body: usize) -> Copy {
        let row = Row {
            subject: None,
            created_at: Timestamp::EPOCH,
            last_seen_at: Timestamp::EPOCH,
            expires_at: Timestamp::EPOCH,
            address: None,
            body: RowBody::from_elem(1, body),
        };
        Copy::new(&Loaded { row, version: Version::FIRST }, number, ReadAt::first())
    }

    fn has(copies: &Copies, number: u64) -> bool {
        copies.find(id(number), |_| true).is_some()
    }

    #[test]
    fn who_is_asked_for_again_outlasts_a_flood_of_those_who_are_not_and_all_stay_within_their_room() {
        let copies = Copies::of_octets(100_000, 1);
        for number in 0..10_000 {
            copies.keep(id(number), copy(0, 150));
            assert!(has(&copies, 0), "pushed out by {number}");
            let shard = copies.read(id(0));
            let octets =
                |half: &HashMap<_, Box<Copy>>| half.values().map(|copy| copy.octets()).sum::<usize>();
            assert_eq!(octets(&shard.young), shard.young_octets);
            assert!(octets(&shard.young) + octets(&shard.old) <= 101_000);
        }
        assert!(has(&copies, 9_999) && !has(&copies, 1_000));
    }

    #[test]
    fn a_later_copy_takes_the_place_of_an_earlier_one_wherever_that_is() {
        let copies = Copies::of_octets(20_000, 1);
        for number in 0..30 {
            copies.keep(id(1), copy(number, 10));
            assert!(copies.find(id(1), |copy| copy.row == number).is_some());
            assert!(copies.find(id(1), |copy| copy.row != number).is_none());
            copies.keep(id(2), copy(0, 600));
        }
    }

    #[test]
    fn a_row_that_would_take_the_room_of_many_is_not_kept() {
        let copies = Copies::of_octets(20_000, 1);
        copies.keep(id(1), copy(1, 5_000));
        assert!(!has(&copies, 1));
    }
}
