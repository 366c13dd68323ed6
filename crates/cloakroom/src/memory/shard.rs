//! The sessions of one shard: everything that happens under one lock.

use std::collections::BTreeMap;

use cloakroom_core::SessionId;
use cloakroom_core::Timestamp;
use cloakroom_core::store::{Loaded, Row, Touch, Version};

use super::cell::{self, Cell, CellMut, Links};
use super::pages::Pages;
use super::slot::{Handle, Slot};
use super::tables::{Spot, TABLES, Tables};
use super::timers::{Timers, just_after};
use super::times::Times;
use super::trouble::Trouble;

/// How many sessions are looked at under one lock when time is up for some.
const STEP: usize = 128;

/// One shard.
#[derive(Default)]
pub(super) struct Shard {
    ids: Tables<{ Slot::BITS }>,
    pages: Pages,
    timers: Timers,
    /// Times that do not fit into their cells.
    wide: BTreeMap<Slot, Times>,
    /// Bodies that do not fit into their cells.
    bodies: BTreeMap<Slot, Box<[u8]>>,
}

/// What [`Shard::take_due`] came across.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// Visitors' sessions, which it ended.
    pub(super) ended: usize,
    /// Sessions of subjects that have expired and are in no bucket any more. The caller ends them, or files them again.
    pub(super) members: Vec<SessionId>,
}

/// The shard of a session. It follows the order of the IDs, so that a page of them comes from few shards.
pub(super) fn number_of(id: SessionId) -> u8 {
    id.as_octets()[0]
}

/// The table of a session within its shard; it follows the order of the IDs, too.
pub(super) fn table_of(id: SessionId) -> usize {
    usize::from(id.as_octets()[1]) * TABLES / 256
}

/// Where a session's slot stands.
///
/// IDs come from a CSPRNG, so their octets are hash enough. The one multiplication is for IDs that are numbered, as a
/// test or an import may do: without it they would all collide.
#[inline]
fn spot_of(id: SessionId) -> Spot {
    let (high, low) = id.as_octets().split_at(8);
    let half = |octets: &[u8]| u64::from_le_bytes(octets.try_into().expect("half an ID has eight octets"));
    let folded = half(high).rotate_left(23) ^ half(low);
    Spot { table: table_of(id), hash: folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) }
}

impl Shard {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The row of a session.
    #[inline]
    pub(super) fn load(&self, id: SessionId) -> Option<Loaded> {
        Some(self.loaded(self.find(id)?))
    }

    #[inline]
    pub(super) fn find(&self, id: SessionId) -> Option<Slot> {
        let is = |slot| self.cell(Slot::from_number(slot)).id() == id;
        self.ids.find(spot_of(id), is).map(Slot::from_number)
    }

    #[inline]
    pub(super) fn cell(&self, slot: Slot) -> Cell<'_> {
        Cell::new(self.pages.cell(slot))
    }

    #[inline]
    pub(super) fn times(&self, slot: Slot) -> Times {
        self.cell(slot).times().unwrap_or_else(|| self.wide[&slot])
    }

    #[inline]
    pub(super) fn loaded(&self, slot: Slot) -> Loaded {
        let cell = self.cell(slot);
        let elsewhere =
            if cell.body_is_elsewhere() { self.bodies.get(&slot).map(|body| &**body) } else { None };
        Loaded { row: cell.row(self.times(slot), elsewhere), version: cell.version() }
    }

    /// The sessions of one table, in no order.
    pub(super) fn sessions(&self, table: usize) -> impl Iterator<Item = (SessionId, Slot)> {
        self.ids.numbers(table).map(Slot::from_number).map(|slot| (self.cell(slot).id(), slot))
    }

    /// Every octet of the cells and of the bodies beside them.
    pub(super) fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.pages.octets().chain(self.bodies.values().map(|body| &**body))
    }

    /// Creates a session, whose ID is not taken.
    pub(super) fn create(&mut self, id: SessionId, row: &Row) -> Result<Slot, Trouble> {
        let slot = self.pages.take(cell::len_of(row)).ok_or(Trouble::Full)?;
        let mut cell = CellMut::new(self.pages.cell_mut(slot));
        cell.set_id(id);
        cell.set_siblings(Links::<Handle>::NONE);
        self.write(slot, row, Times::of(row), Version::FIRST);
        self.timers.file(&mut self.pages, slot, row.expires_at, row.last_seen_at, Timestamp::EPOCH);
        self.ids.insert(spot_of(id), slot.number());
        Ok(slot)
    }

    /// Writes a row over another; the answer is where the session is now.
    pub(super) fn rewrite(&mut self, slot: Slot, row: &Row, version: Version) -> Result<Slot, Trouble> {
        let touch = Touch { last_seen_at: row.last_seen_at, expires_at: row.expires_at };
        let times = Times { created: row.created_at, ..self.times(slot).touched(touch) };
        let slot = if self.has_room(slot, row) {
            slot
        } else {
            let new = self.pages.take(cell::len_of(row)).ok_or(Trouble::Full)?;
            self.relocate(slot, new);
            new
        };
        self.write(slot, row, times, version);
        Ok(slot)
    }

    /// Whether this row can be written without moving the session.
    pub(super) fn has_room(&self, slot: Slot, row: &Row) -> bool {
        self.pages.fits(slot, cell::len_of(row))
    }

    pub(super) fn touch(&mut self, slot: Slot, touch: Touch) {
        let times = self.times(slot);
        let touched = times.touched(touch);
        if touched != times {
            self.set_times(slot, touched);
        }
    }

    pub(super) fn set_siblings(&mut self, slot: Slot, links: Links<Handle>) {
        CellMut::new(self.pages.cell_mut(slot)).set_siblings(links);
    }

    /// Ends a session: it loads no more. Its cell stays, so that its subject's list can be mended, until
    /// [`Shard::release`].
    pub(super) fn detach(&mut self, slot: Slot) {
        self.timers.unfile(&mut self.pages, slot);
        self.ids.remove(spot_of(self.cell(slot).id()), slot.number());
    }

    /// Gives back the cell of a session that was ended.
    pub(super) fn release(&mut self, slot: Slot) {
        self.wide.remove(&slot);
        self.bodies.remove(&slot);
        self.pages.free(slot);
    }

    /// Takes sessions out of the buckets whose time has come: up to `ended_max` that have expired, and others on the way,
    /// which it files again; `None` when no bucket is due.
    pub(super) fn take_due(&mut self, now: Timestamp, ended_max: usize) -> Option<Due> {
        let mut due = Due::default();
        for looked_at in 0..STEP {
            if due.ended + due.members.len() == ended_max {
                break;
            }
            let Some(slot) = self.timers.pop_due(&mut self.pages, now) else {
                return (looked_at > 0).then_some(due);
            };
            if self.times(slot).expires > now {
                self.file_again(slot, now);
            } else if self.cell(slot).subject().is_empty() {
                self.detach(slot);
                self.release(slot);
                due.ended += 1;
            } else {
                due.members.push(self.cell(slot).id());
            }
        }
        Some(due)
    }

    /// Files a session that [`Shard::take_due`] handed out and that has not expired.
    pub(super) fn file_again(&mut self, slot: Slot, now: Timestamp) {
        let expires_at = self.times(slot).expires;
        self.timers.file(&mut self.pages, slot, expires_at, now, just_after(now));
    }

    /// Some sessions that could be moved so that a page becomes free.
    pub(super) fn strewn(&self) -> Vec<SessionId> {
        let slots = self.pages.sparse();
        slots.into_iter().flatten().map(|slot| self.cell(slot).id()).collect()
    }

    /// Moves a session to a fuller page; `None` when there is none.
    pub(super) fn move_together(&mut self, slot: Slot) -> Option<Slot> {
        let new = self.pages.take_beside(slot)?;
        self.relocate(slot, new);
        Some(new)
    }

    fn write(&mut self, slot: Slot, row: &Row, times: Times, version: Version) {
        let mut cell = CellMut::new(self.pages.cell_mut(slot));
        cell.set_version(version);
        cell.set_row(row);
        if cell::body_is_elsewhere(row) {
            self.bodies.insert(slot, row.body.as_slice().into());
        } else if !self.bodies.is_empty() {
            self.bodies.remove(&slot);
        }
        self.set_times(slot, times);
    }

    fn set_times(&mut self, slot: Slot, times: Times) {
        let word = times.pack();
        CellMut::new(self.pages.cell_mut(slot)).set_times(word.unwrap_or(Times::WIDE));
        if word.is_none() {
            self.wide.insert(slot, times);
        } else if !self.wide.is_empty() {
            self.wide.remove(&slot);
        }
    }

    /// Moves a session, as it is, to another cell; of a shorter one, as much as fits.
    fn relocate(&mut self, old: Slot, new: Slot) {
        let len = self.pages.cell_len(old).min(self.pages.cell_len(new));
        let octets = self.pages.cell(old)[..len].to_vec();
        self.pages.cell_mut(new)[..len].copy_from_slice(&octets);
        self.timers.moved(&mut self.pages, old, new);
        self.ids.replace(spot_of(self.cell(new).id()), old.number(), new.number());
        if let Some(times) = self.wide.remove(&old) {
            self.wide.insert(new, times);
        }
        if let Some(body) = self.bodies.remove(&old) {
            self.bodies.insert(new, body);
        }
        self.pages.free(old);
    }
}
