//! A table of bounded size that lets go of what was used longest ago.

use std::mem::size_of;
use std::sync::atomic::{AtomicBool, Ordering};

use cloakroom_core::{SessionId, Timestamp};
use hashbrown::HashTable;

use super::keys::Keys;

/// What a ring keeps.
pub(super) trait Kept {
    /// How many octets it takes beside its place in the ring.
    fn octets(&self) -> usize;

    /// When it was asked for.
    fn sent_at(&self) -> Timestamp;
}

/// Values by session ID, of at most so many octets, places and index included.
///
/// What to let go of is found by a hand that goes round (CLOCK): who was used since it last came by is passed over once,
/// unless they are outdated. So a flood of IDs that come once pushes out each other before it does those that come again.
pub(super) struct Ring<V> {
    keys: Keys,
    index: HashTable<u32>,
    places: Vec<Place<V>>,
    free: Vec<u32>,
    hand: usize,
    value_octets: usize,
    octets_max: usize,
}

struct Place<V> {
    id: SessionId,
    was_used: AtomicBool,
    value: Option<V>,
}

impl<V: Kept> Ring<V> {
    /// A place, its number in the index at the lowest load that a doubling leaves, and among the free ones.
    const PLACE_OCTETS: usize = size_of::<Place<V>>() + 12 + 8;

    /// No value takes more than this part of the ring.
    const VALUE_PART: usize = 8;

    pub(super) fn new(keys: Keys, octets_max: usize) -> Self {
        Self {
            keys,
            index: HashTable::new(),
            places: Vec::new(),
            free: Vec::new(),
            hand: 0,
            value_octets: 0,
            octets_max,
        }
    }

    /// The value of this session, which is used now.
    #[inline]
    pub(super) fn get(&self, hash: u64, id: SessionId) -> Option<&V> {
        let place = &self.places[self.find(hash, id)?];
        // Most uses find the mark set, and then the line stays shared between processors.
        if !place.was_used.load(Ordering::Relaxed) {
            place.was_used.store(true, Ordering::Relaxed);
        }
        place.value.as_ref()
    }

    /// The value of this session, to be changed in place without growing.
    pub(super) fn get_mut(&mut self, hash: u64, id: SessionId) -> Option<&mut V> {
        let at = self.find(hash, id)?;
        self.places[at].value.as_mut()
    }

    /// Keeps a value in place of another that the session may have. What was sent before `outdated` goes first.
    pub(super) fn put(&mut self, hash: u64, id: SessionId, value: V, outdated: Timestamp) {
        self.remove(hash, id);
        let octets = value.octets();
        if octets > self.octets_max / Self::VALUE_PART {
            return;
        }
        while self.octets() + octets > self.octets_max {
            if !self.let_one_go(outdated) {
                return;
            }
        }
        let Some(at) = self.free_place(octets, outdated) else { return };
        self.value_octets += octets;
        let place = Place { id, was_used: AtomicBool::new(false), value: Some(value) };
        match self.places.get_mut(at) {
            Some(free) => *free = place,
            None => self.places.push(place),
        }
        let (keys, places) = (self.keys, &self.places);
        let number = u32::try_from(at).expect("free_place gives no more than 32 bits can number");
        self.index.insert_unique(hash, number, |&other| keys.hash(places[other as usize].id));
    }

    /// Lets go of this session's value, if there is one.
    pub(super) fn remove(&mut self, hash: u64, id: SessionId) {
        let Some(at) = self.find(hash, id) else { return };
        self.remove_at(hash, at);
    }

    /// Lets go of all values of which this is so.
    pub(super) fn remove_if(&mut self, mut is_so: impl FnMut(&V) -> bool) {
        for at in 0..self.places.len() {
            if self.places[at].value.as_ref().is_some_and(&mut is_so) {
                self.remove_at(self.keys.hash(self.places[at].id), at);
            }
        }
    }

    /// An empty ring in place of this one, which is returned for the caller to drop when no lock is held.
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.keys, self.octets_max))
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// How many octets it takes.
    pub(super) fn octets(&self) -> usize {
        self.places.capacity() * Self::PLACE_OCTETS + self.value_octets
    }

    fn find(&self, hash: u64, id: SessionId) -> Option<usize> {
        self.index.find(hash, |&at| self.places[at as usize].id == id).map(|at| *at as usize)
    }

    fn remove_at(&mut self, hash: u64, at: usize) {
        if let Ok(entry) = self.index.find_entry(hash, |&other| other as usize == at) {
            self.free.push(*entry.get());
            entry.remove();
        }
        if let Some(value) = self.places[at].value.take() {
            self.value_octets -= value.octets();
        }
    }

    /// A place for a value of so many octets: a free one, a new one while there is room, else that of somebody else.
    fn free_place(&mut self, octets: usize, outdated: Timestamp) -> Option<usize> {
        if self.free.is_empty() && self.places.len() == self.places.capacity() {
            let more = (self.places.capacity() / 4).max(8);
            let is_room = self.octets() + more * Self::PLACE_OCTETS + octets <= self.octets_max;
            if is_room && u32::try_from(self.places.capacity() + more).is_ok() {
                self.places.reserve_exact(more);
            } else if !self.let_one_go(outdated) {
                return None;
            }
        }
        self.free.pop().map(|at| at as usize).or(Some(self.places.len()))
    }

    /// Lets go of one value; `false` when there is none.
    fn let_one_go(&mut self, outdated: Timestamp) -> bool {
        if self.index.is_empty() {
            return false;
        }
        loop {
            self.hand = if self.hand + 1 < self.places.len() { self.hand + 1 } else { 0 };
            let place = &mut self.places[self.hand];
            let Some(value) = &place.value else { continue };
            if std::mem::take(place.was_used.get_mut()) && value.sent_at() >= outdated {
                continue;
            }
            let hash = self.keys.hash(place.id);
            self.remove_at(hash, self.hand);
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Number(u64, usize);

    impl Kept for Number {
        fn octets(&self) -> usize {
            self.1
        }

        fn sent_at(&self) -> Timestamp {
            Timestamp::from_millis(self.0)
        }
    }

    fn id(number: u64) -> SessionId {
        let mut octets = [0; SessionId::LEN];
        octets[..8].copy_from_slice(&number.to_le_bytes());
        SessionId::from_octets(octets)
    }

    fn put(ring: &mut Ring<Number>, number: u64, octets: usize) {
        ring.put(ring.keys.hash(id(number)), id(number), Number(number, octets), Timestamp::EPOCH);
    }

    fn has(ring: &Ring<Number>, number: u64) -> bool {
        ring.get(ring.keys.hash(id(number)), id(number)).is_some_and(|found| found.0 == number)
    }

    #[test]
    fn a_ring_never_grows_beyond_its_bound_whatever_comes_and_goes() {
        let mut ring = Ring::new(Keys::new(), 20_000);
        for number in 0..50_000 {
            let octets = [0, 10, 200, 2_400, 2_600][usize::try_from(number % 5).unwrap()];
            put(&mut ring, number, octets);
            assert!(ring.octets() <= 20_000, "{} octets", ring.octets());
            assert!(ring.free.capacity() <= 2 * ring.places.capacity());
            let kept: usize = ring.places.iter().filter_map(|place| place.value.as_ref()).map(|v| v.1).sum();
            assert_eq!(kept, ring.value_octets);
            assert_eq!(has(&ring, number), octets <= 2_500, "{number} of {octets} octets");
            if number % 7 == 0 {
                ring.remove(ring.keys.hash(id(number)), id(number));
                assert!(!has(&ring, number));
            }
        }
    }

    #[test]
    fn who_comes_again_outlasts_a_flood_of_those_who_come_once() {
        let mut ring = Ring::new(Keys::new(), 10_000);
        put(&mut ring, 1, 10);
        for number in 1_000..50_000 {
            assert!(has(&ring, 1), "pushed out by {number}");
            put(&mut ring, number, 10);
        }
        assert!(!has(&ring, 1_000));
    }

    #[test]
    fn what_is_outdated_goes_first_even_when_it_was_used() {
        let mut ring = Ring::new(Keys::new(), 10_000);
        let mut filled = 0;
        while ring.len() == usize::try_from(filled).unwrap() {
            filled += 1;
            put(&mut ring, filled, 100);
        }
        let kept = (1..=filled).rfind(|number| has(&ring, *number)).unwrap();
        let hash = ring.keys.hash(id(filled + 1));
        ring.put(hash, id(filled + 1), Number(filled + 1, 100), Timestamp::from_millis(kept));
        assert!(has(&ring, kept), "the only one that is not outdated");
    }

    #[test]
    fn a_ring_that_has_room_for_nothing_keeps_nothing() {
        let mut ring = Ring::new(Keys::new(), 100);
        put(&mut ring, 1, 0);
        assert_eq!((ring.len(), ring.octets()), (0, 0));
    }

    #[test]
    fn removing_by_a_property_leaves_the_rest() {
        let mut ring = Ring::new(Keys::new(), 100_000);
        (0..100).for_each(|number| put(&mut ring, number, 1));
        ring.remove_if(|value| value.0 % 2 == 0);
        assert!((0..100).all(|number| has(&ring, number) == (number % 2 == 1)));
        (0..100).for_each(|number| put(&mut ring, number, 1));
        assert_eq!(ring.len(), 100);
    }
}
