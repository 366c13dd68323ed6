//! A hash table made of small ones, so that growing it never takes long.

/// How many tables one is made of.
pub(super) const TABLES: usize = 32;

/// Where an entry belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The small table, below [`TABLES`].
    pub(super) table: usize,
    /// The hash within it. Its upper 32 bits decide where an entry stands.
    pub(super) hash: u64,
}

/// A hash table from hashes to numbers of `BITS` bits, at most 32, made of [`TABLES`] small ones.
///
/// Each grows alone, by a quarter, so at ten million sessions no step of growth moves more than some 1,500 entries; and
/// they do not all grow at one moment. One that has become half empty shrinks.
///
/// An entry is the number below as many bits of its hash as fit above it. So a table of several hundred is searched
/// within one or two cache lines, and neither growing nor removing looks at anything but the entries.
pub(super) struct Tables<const BITS: u32>([Table<BITS>; TABLES]);

/// Open addressing, linear probing, no tombstones.
#[derive(Default)]
struct Table<const BITS: u32> {
    entries: Box<[u64]>,
    len: usize,
}

/// No entry: a number of which all bits are set, which is never entered.
const VACANT: u64 = u64::MAX;

impl<const BITS: u32> Default for Tables<BITS> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Table::default()))
    }
}

impl<const BITS: u32> Tables<BITS> {
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|table| table.len).sum()
    }

    /// The number that was entered with this hash, as far as hashes are kept, and of which `is` holds.
    #[inline]
    pub(super) fn find(&self, spot: Spot, is: impl FnMut(u32) -> bool) -> Option<u32> {
        self.0[spot.table].find(spot.hash, is)
    }

    /// The numbers of one small table, in no order.
    pub(super) fn numbers(&self, table: usize) -> impl Iterator<Item = u32> {
        let entries = self.0[table].entries.iter();
        entries.filter(|entry| **entry != VACANT).map(|entry| number_of::<BITS>(*entry))
    }

    /// Enters a number that is not there yet.
    pub(super) fn insert(&mut self, spot: Spot, number: u32) {
        self.0[spot.table].insert(spot.hash, number);
    }

    /// Puts another number in the place of one that is there.
    pub(super) fn replace(&mut self, spot: Spot, number: u32, by: u32) {
        let table = &mut self.0[spot.table];
        let at = table.position(spot.hash, number);
        table.entries[at] = entry::<BITS>(spot.hash, by);
    }

    /// Removes a number that is there.
    pub(super) fn remove(&mut self, spot: Spot, number: u32) {
        self.0[spot.table].remove(spot.hash, number);
    }
}

impl<const BITS: u32> Table<BITS> {
    #[inline]
    fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let home = self.home(hash);
        let (before, after) = self.entries.split_at(home);
        for entry in after.iter().chain(before) {
            if *entry == VACANT {
                break;
            }
            if (entry ^ hash) >> BITS == 0 && is(number_of::<BITS>(*entry)) {
                return Some(number_of::<BITS>(*entry));
            }
        }
        None
    }

    fn insert(&mut self, hash: u64, number: u32) {
        if (self.len + 1) * 8 > self.entries.len() * 7 {
            self.resize(self.entries.len() * 5 / 4 + 4);
        }
        self.len += 1;
        self.put(entry::<BITS>(hash, number));
    }

    fn remove(&mut self, hash: u64, number: u32) {
        let at = self.position(hash, number);
        self.close(at);
        self.len -= 1;
        if self.len == 0 {
            self.entries = Box::default();
        } else if self.entries.len() > 16 && self.len * 2 < self.entries.len() {
            self.resize(self.len * 10 / 7);
        }
    }

    /// Makes a place vacant, and moves those up that stand behind it only because it was taken.
    fn close(&mut self, mut at: usize) {
        let mut next = self.after(at);
        while self.entries[next] != VACANT {
            let home = self.home(self.entries[next]);
            let moves_up = if at <= next { home <= at || home > next } else { home <= at && home > next };
            if moves_up {
                self.entries[at] = self.entries[next];
                at = next;
            }
            next = self.after(next);
        }
        self.entries[at] = VACANT;
    }

    fn resize(&mut self, len: usize) {
        let entries = vec![VACANT; len].into_boxed_slice();
        let old = std::mem::replace(&mut self.entries, entries);
        old.into_iter().filter(|entry| *entry != VACANT).for_each(|entry| self.put(entry));
    }

    fn put(&mut self, entry: u64) {
        let mut at = self.home(entry);
        while self.entries[at] != VACANT {
            at = self.after(at);
        }
        self.entries[at] = entry;
    }

    fn position(&self, hash: u64, number: u32) -> usize {
        let (entry, home) = (entry::<BITS>(hash, number), self.home(hash));
        let mut places = (home..self.entries.len()).chain(0..home);
        places.find(|at| self.entries[*at] == entry).expect("it was entered with this hash")
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.entries.len() { 0 } else { at + 1 }
    }

    /// The upper half of the hash, scaled to the length; 0 when there are no entries.
    fn home(&self, hash: u64) -> usize {
        let scaled = ((hash >> 32) * self.entries.len() as u64) >> 32;
        usize::try_from(scaled).expect("it is below the length")
    }
}

const fn entry<const BITS: u32>(hash: u64, number: u32) -> u64 {
    hash >> BITS << BITS | number as u64
}

fn number_of<const BITS: u32>(entry: u64) -> u32 {
    u32::try_from(entry & ((1 << BITS) - 1)).expect("a number has at most 32 bits")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_stays_between_half_and_seven_eighths_full() {
        let mut tables = Tables::<24>::default();
        let spot =
            |number: u32| Spot { table: 3, hash: u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) };
        let fill = |tables: &Tables<24>| (tables.0[3].len * 8, tables.0[3].entries.len());
        for number in 0..1_000 {
            tables.insert(spot(number), number);
            let (len, places) = fill(&tables);
            assert!(len <= places * 7 && (len > places * 4 || places <= 16), "{len}/8 of {places}");
        }
        for number in 0..1_000 {
            assert_eq!(tables.len(), 1_000 - number as usize);
            tables.remove(spot(number), number);
            let (len, places) = fill(&tables);
            assert!(len <= places * 7 && (len >= places * 4 || places <= 16), "{len}/8 of {places}");
        }
        assert_eq!(fill(&tables), (0, 0));
    }

    proptest! {
        /// Hashes of few different values, so that entries stand far from home and around the end.
        #[test]
        fn what_was_entered_is_found_until_it_is_removed(
            steps in prop::collection::vec((any::<bool>(), 0_u64..12, 0_u32..40), 0..300)
        ) {
            let spot = |hash: u64| Spot { table: 0, hash: (hash * 0x1800_0000) << 32 };
            let mut tables = Tables::<32>::default();
            let mut entered = std::collections::BTreeSet::new();
            for (at, (inserts, hash, number)) in steps.into_iter().enumerate() {
                if inserts && entered.insert((hash, number)) {
                    tables.insert(spot(hash), number);
                } else if !inserts && entered.remove(&(hash, number)) {
                    tables.remove(spot(hash), number);
                }
                let has = |(hash, number): (u64, u32)| tables.find(spot(hash), |other| other == number).is_some();
                prop_assert!(entered.iter().all(|entry| has(*entry)));
                // As many are there as were entered, and those are found. So nothing else is, and a look now and then will do.
                if at % 8 == 0 {
                    let others = (0..12).flat_map(|hash| (0..40).map(move |number| (hash, number)));
                    prop_assert_eq!(others.filter(|entry| has(*entry)).count(), entered.len());
                }
                prop_assert_eq!(tables.len(), entered.len());
                prop_assert_eq!(tables.numbers(0).count(), entered.len());
            }
        }
    }
}
