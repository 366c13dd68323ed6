//! When to look at which session: buckets by time, each a list through the cells of its sessions.
//!
//! A bucket is never later than the sessions in it expire. When its time has come, [`Timers::pop_due`] hands its
//! sessions out one by one; whoever takes one either ends it or, since a touch may have moved it on, files it
//! again. So a touch need not find its bucket, and no pass over all sessions is ever made.

use std::time::Duration;

use cloakroom_core::Timestamp;

use super::cell::{Cell, CellMut, Links};
use super::pages::Pages;
use super::slot::Slot;

/// The finest bucket is four seconds wide.
const WIDTH_BITS_MIN: u32 = 12;

/// The buckets of one shard.
///
/// The farther away a bucket is, the wider: about a sixteenth of the way. So there are about a hundred of them, and a
/// session is filed again at most five times on its way to the finest.
#[derive(Default)]
pub(super) struct Timers {
    /// The last one is due first.
    buckets: Vec<Bucket>,
}

struct Bucket {
    start: Timestamp,
    first: Slot,
}

impl Timers {
    /// Files a session that is in no bucket.
    ///
    /// `seen_at` is about now and decides how fine its bucket is. The bucket starts at or after `not_before`,
    /// which is not after `expires_at`.
    pub(super) fn file(
        &mut self,
        pages: &mut Pages,
        slot: Slot,
        expires_at: Timestamp,
        seen_at: Timestamp,
        not_before: Timestamp,
    ) {
        let start = start_of(expires_at, seen_at).max(not_before);
        let next = match self.buckets.binary_search_by(|bucket| start.cmp(&bucket.start)) {
            Ok(at) => std::mem::replace(&mut self.buckets[at].first, slot),
            Err(at) => {
                self.buckets.insert(at, Bucket { start, first: slot });
                Slot::NONE
            }
        };
        if !next.is_none() {
            relink(pages, next, |links| links.previous = slot);
        }
        CellMut::new(pages.cell_mut(slot)).set_timer(Links { next, previous: Slot::NONE });
    }

    /// Takes a session out of its bucket; nothing happens when it is in none.
    pub(super) fn unfile(&mut self, pages: &mut Pages, slot: Slot) {
        let links = Cell::new(pages.cell(slot)).timer();
        if !links.next.is_none() {
            relink(pages, links.next, |next| next.previous = links.previous);
        }
        if !links.previous.is_none() {
            relink(pages, links.previous, |previous| previous.next = links.next);
        } else if let Some(at) = self.bucket_that_begins_with(slot) {
            self.begin_with(at, links.next);
        }
        CellMut::new(pages.cell_mut(slot)).set_timer(Links::<Slot>::NONE);
    }

    /// Follows a session whose cell was copied, links and all, from `old` to `new`.
    pub(super) fn moved(&mut self, pages: &mut Pages, old: Slot, new: Slot) {
        let links = Cell::new(pages.cell(new)).timer();
        if !links.next.is_none() {
            relink(pages, links.next, |next| next.previous = new);
        }
        if !links.previous.is_none() {
            relink(pages, links.previous, |previous| previous.next = new);
        } else if let Some(at) = self.bucket_that_begins_with(old) {
            self.buckets[at].first = new;
        }
    }

    /// Takes a session out of a bucket that starts at or before `now`; `None` when there is no such bucket.
    pub(super) fn pop_due(&mut self, pages: &mut Pages, now: Timestamp) -> Option<Slot> {
        let bucket = self.buckets.last().filter(|bucket| bucket.start <= now)?;
        let slot = bucket.first;
        let next = Cell::new(pages.cell(slot)).timer().next;
        if !next.is_none() {
            relink(pages, next, |links| links.previous = Slot::NONE);
        }
        self.begin_with(self.buckets.len() - 1, next);
        CellMut::new(pages.cell_mut(slot)).set_timer(Links::<Slot>::NONE);
        Some(slot)
    }

    /// Only the first of a list has to look for its bucket, among about a hundred.
    fn bucket_that_begins_with(&self, slot: Slot) -> Option<usize> {
        self.buckets.iter().position(|bucket| bucket.first == slot)
    }

    fn begin_with(&mut self, at: usize, first: Slot) {
        self.buckets[at].first = first;
        if first.is_none() {
            self.buckets.remove(at);
            if self.buckets.is_empty() {
                self.buckets = Vec::new();
            }
        }
    }
}

/// The start of the bucket for a session that expires then, looked at from `seen_at`.
fn start_of(expires_at: Timestamp, seen_at: Timestamp) -> Timestamp {
    let way = u64::try_from(expires_at.since(seen_at).as_millis()).unwrap_or(u64::MAX);
    let width_bits = (way / 16).checked_ilog2().unwrap_or(0).max(WIDTH_BITS_MIN);
    Timestamp::from_millis(expires_at.as_millis() >> width_bits << width_bits)
}

fn relink(pages: &mut Pages, slot: Slot, change: impl FnOnce(&mut Links<Slot>)) {
    let mut links = Cell::new(pages.cell(slot)).timer();
    change(&mut links);
    CellMut::new(pages.cell_mut(slot)).set_timer(links);
}

/// The first moment after `now`.
pub(super) fn just_after(now: Timestamp) -> Timestamp {
    now.after(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn due(timers: &mut Timers, pages: &mut Pages, now: Timestamp) -> Vec<Slot> {
        std::iter::from_fn(|| timers.pop_due(pages, now)).collect()
    }

    #[test]
    fn a_session_that_was_touched_is_handed_out_once_and_can_be_filed_again() {
        let (mut timers, mut pages) = (Timers::default(), Pages::default());
        let slot = pages.take(64).unwrap();
        timers.file(&mut pages, slot, at(10_000), at(0), at(0));
        assert_eq!(due(&mut timers, &mut pages, at(10_000)), [slot]);
        timers.file(&mut pages, slot, at(10_500), at(10_000), just_after(at(10_000)));
        assert_eq!(due(&mut timers, &mut pages, at(10_000)), []);
        assert_eq!(due(&mut timers, &mut pages, at(10_500)), [slot]);
        assert_eq!(timers.buckets.capacity(), 0);
    }

    #[test]
    fn a_session_in_no_bucket_is_taken_out_of_none() {
        let (mut timers, mut pages) = (Timers::default(), Pages::default());
        let (filed, taken) = (pages.take(64).unwrap(), pages.take(64).unwrap());
        timers.file(&mut pages, taken, at(0), at(0), at(0));
        assert_eq!(due(&mut timers, &mut pages, at(0)), [taken]);
        timers.file(&mut pages, filed, at(0), at(0), at(0));
        timers.unfile(&mut pages, taken);
        assert_eq!(due(&mut timers, &mut pages, at(0)), [filed]);
    }

    #[test]
    fn buckets_stay_few() {
        let (mut timers, mut pages) = (Timers::default(), Pages::default());
        for minute in 0..10_000 {
            let slot = pages.take(64).unwrap();
            timers.file(&mut pages, slot, at(minute * 60_000), at(0), at(0));
        }
        assert!(timers.buckets.len() < 200, "{}", timers.buckets.len());
    }

    proptest! {
        #[test]
        fn whatever_expires_is_handed_out_in_time(
            filed in prop::collection::vec((0_u64..1 << 40, any::<bool>(), any::<bool>()), 1..80),
            now in 0_u64..1 << 40,
        ) {
            let (mut timers, mut pages) = (Timers::default(), Pages::default());
            let mut expected = Vec::new();
            for (expires, unfiled, moved) in filed {
                let mut slot = pages.take(64).unwrap();
                timers.file(&mut pages, slot, at(expires), at(0), at(0));
                if moved {
                    let new = pages.take(64).unwrap();
                    let octets = pages.cell_mut(slot).to_vec();
                    pages.cell_mut(new).copy_from_slice(&octets);
                    timers.moved(&mut pages, slot, new);
                    slot = new;
                }
                if unfiled {
                    timers.unfile(&mut pages, slot);
                } else if expires <= now {
                    expected.push(slot);
                }
            }
            let due = due(&mut timers, &mut pages, at(now));
            prop_assert!(expected.iter().all(|slot| due.contains(slot)));
            prop_assert!(due.iter().all(|slot| due.iter().filter(|other| *other == slot).count() == 1));
            let rest = std::iter::from_fn(|| timers.pop_due(&mut pages, Timestamp::MAX)).count();
            prop_assert!(rest <= 80 && timers.buckets.is_empty());
        }
    }
}
