//! One part of the copies, and the loads that are under way for it.

use std::collections::HashMap;

use cloakroom_core::store::{Loaded, StoreError, Touch};
use cloakroom_core::{SessionId, Subject, Timestamp};
use tokio::sync::watch;

use super::copy::{Absence, RowCopy};
use super::keys::Keys;
use super::ring::Ring;

/// What a load comes to, for everybody who waits for it.
pub(super) type Answer = Result<Option<Loaded>, StoreError>;

/// Where the answer of a load can be had; closed without one when the caller that made it went away.
pub(super) type Coming = watch::Receiver<Option<Answer>>;

/// A load that is under way and may leave a copy. Whatever ends or changes its session takes it out of the shard, and then
/// it may not.
struct Flight {
    ticket: Ticket,
    sent_at: Timestamp,
    coming: Coming,
}

/// Which load it is: no two of a shard have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// The copies of some sessions, apart from which nothing is remembered of any.
///
/// That an ID names no session is kept apart from the rows, in a room of its own, so that a flood of made-up IDs pushes out no
/// row.
pub(super) struct Shard {
    rows: Ring<Box<RowCopy>>,
    absent: Ring<Absence>,
    flights: HashMap<SessionId, Flight>,
    last_ticket: u64,
}

/// Copies that were taken out, to be dropped when no lock is held.
#[must_use = "it is dropped when no lock is held"]
pub(super) struct Taken(
    #[expect(dead_code, reason = "it is only dropped")] Ring<Box<RowCopy>>,
    #[expect(dead_code, reason = "it is only dropped")] Ring<Absence>,
);

impl Shard {
    /// The part of a shard's room that is for absent sessions.
    const ABSENT_PART: usize = 16;

    pub(super) fn new(keys: Keys, octets_max: usize) -> Self {
        let absent = octets_max / Self::ABSENT_PART;
        Self {
            rows: Ring::new(keys, octets_max - absent),
            absent: Ring::new(keys, absent),
            flights: HashMap::new(),
            last_ticket: 0,
        }
    }

    /// The copy of a row.
    #[inline]
    pub(super) fn row(&self, hash: u64, id: SessionId) -> Option<&RowCopy> {
        self.rows.get(hash, id).map(|copy| &**copy)
    }

    pub(super) fn absence(&self, hash: u64, id: SessionId) -> Option<Absence> {
        self.absent.get(hash, id).copied()
    }

    /// The load of this session that is under way and was sent after `oldest`.
    pub(super) fn coming(&self, id: SessionId, oldest: Timestamp) -> Option<Coming> {
        let flight = self.flights.get(&id).filter(|flight| flight.sent_at > oldest)?;
        Some(flight.coming.clone())
    }

    /// Notes a load that is about to be sent, in place of one that is under way.
    pub(super) fn depart(&mut self, id: SessionId, sent_at: Timestamp, coming: Coming) -> Ticket {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.flights.insert(id, Flight { ticket, sent_at, coming });
        ticket
    }

    /// Notes that a load is over, and says whether it may leave a copy: when nothing has come in between.
    pub(super) fn arrive(&mut self, id: SessionId, ticket: Ticket) -> bool {
        let is_undisturbed = self.flights.get(&id).is_some_and(|flight| flight.ticket == ticket);
        if is_undisturbed {
            self.flights.remove(&id);
        }
        is_undisturbed
    }

    /// Keeps what a load has found; copies of loads sent before `outdated` go first.
    pub(super) fn keep(
        &mut self,
        hash: u64,
        id: SessionId,
        found: Result<Box<RowCopy>, Absence>,
        outdated: Timestamp,
    ) {
        match found {
            Ok(copy) => {
                self.absent.remove(hash, id);
                self.rows.put(hash, id, copy, outdated);
            }
            Err(absence) => {
                self.rows.remove(hash, id);
                self.absent.put(hash, id, absence, outdated);
            }
        }
    }

    /// Forgets a session, and what is being found out about it.
    pub(super) fn forget(&mut self, hash: u64, id: SessionId) {
        self.rows.remove(hash, id);
        self.absent.remove(hash, id);
        self.flights.remove(&id);
    }

    /// Forgets what is known of a subject's sessions. Whose the sessions are that are being loaded nobody knows, so none of these
    /// loads leaves a copy.
    pub(super) fn forget_subject(&mut self, subject: &Subject) {
        self.rows.remove_if(|copy| copy.is_of(subject));
        self.flights.clear();
    }

    /// Forgets everything.
    pub(super) fn forget_all(&mut self) -> Taken {
        self.flights.clear();
        Taken(self.rows.take(), self.absent.take())
    }

    /// Does to a copy what a touch has done to the row. A load under way may have read the row before.
    pub(super) fn touch(&mut self, hash: u64, id: SessionId, touch: Touch) {
        if let Some(copy) = self.rows.get_mut(hash, id) {
            copy.touch(touch);
        }
        self.flights.remove(&id);
    }

    /// How many rows it has copies of.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// How many octets all copies take.
    pub(super) fn octets(&self) -> usize {
        self.rows.octets() + self.absent.octets()
    }
}
