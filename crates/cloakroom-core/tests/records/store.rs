//! A store of the plainest kind, and requests to it, through the public API alone.

use std::collections::BTreeMap;

use cloakroom_core::machine::{
    Admit, Admitted, Answer, Call, Commit, Committed, Edits, Held, Operation, Rules, Step, TokenChange,
};
use cloakroom_core::store::{Loaded, Revoked, Row, SubjectInserted, Swap, Touched, Version};
use cloakroom_core::{FreshSecret, Record, SecretDigest, SessionId, SlotTooLarge, Slots, Timestamp};

pub(crate) const SESSION: SessionId = SessionId::from_octets([0x5e; 16]);

/// The secret of this number, and never the same for two.
pub(crate) fn secret(number: u16) -> FreshSecret {
    let mut octets = [0x5c; 32];
    octets[..2].copy_from_slice(&number.to_be_bytes());
    FreshSecret::from_entropy(octets)
}

pub(crate) fn digest(number: u16) -> SecretDigest {
    secret(number).digest()
}

/// Edits that are a function.
pub(crate) struct Edit<F>(pub(crate) F);

impl<F: FnMut(&mut Slots) -> Result<(), SlotTooLarge>> Edits for Edit<F> {
    type Error = SlotTooLarge;

    fn is_empty(&self) -> bool {
        false
    }

    fn apply(&mut self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        (self.0)(slots)
    }
}

/// Rows by their ID, and nothing of what makes a store hard.
#[derive(Default)]
pub(crate) struct MapStore(BTreeMap<SessionId, (Row, Version)>);

impl MapStore {
    /// A store that holds this record as [`SESSION`].
    pub(crate) fn with(record: &Record, rules: &Rules) -> Self {
        Self(BTreeMap::from([(SESSION, (record.to_row(&rules.lifetime), Version::FIRST))]))
    }

    /// Sees an operation through at this moment.
    pub(crate) fn drive<O: Operation>(&mut self, mut operation: O, now: Timestamp) -> O::Outcome {
        let mut step = operation.begin(now);
        loop {
            match step {
                Step::Done(outcome) => return outcome,
                Step::Ask(call) => step = operation.resume(self.answer(call), now),
            }
        }
    }

    /// The row of [`SESSION`], which exists.
    pub(crate) fn row(&self) -> &Row {
        &self.0[&SESSION].0
    }

    /// A request that presents the token of this number to [`SESSION`].
    pub(crate) fn admit(&mut self, token: u16, rules: Rules, now: Timestamp) -> Admitted {
        self.drive(Admit::by_digest(SESSION, digest(token), rules), now)
    }

    /// What a request that holds a session makes of it; in these tests nobody ends one.
    pub(crate) fn commit<E: Edits>(
        &mut self,
        held: Held,
        edits: E,
        change: TokenChange,
        rules: Rules,
        now: Timestamp,
    ) -> Held {
        match self.drive(Commit::new(held, edits, change, rules), now) {
            Committed::Done { held, .. } => held,
            Committed::Gone | Committed::Lost(_) | Committed::Refused(_) => panic!("nobody was in the way"),
        }
    }

    fn answer(&mut self, call: Call) -> Answer {
        match call {
            Call::Load(id) | Call::Reload(id) => {
                Answer::Loaded(self.0.get(&id).cloned().map(|(row, version)| Loaded { row, version }))
            }
            Call::Insert { id, row, replaces, .. } => {
                if let Some(seen) = replaces {
                    self.0.remove(&seen.id).expect("nobody else ends sessions");
                }
                self.0.insert(id, (*row, Version::FIRST));
                Answer::Inserted(SubjectInserted::Done { evicted: Vec::new() })
            }
            Call::Replace { id, seen, .. } if self.0[&id].1 != seen => Answer::Swapped(Swap::Lost),
            Call::Replace { id, seen, row } => {
                let next = seen.next();
                self.0.insert(id, (*row, next));
                Answer::Swapped(Swap::Done(next))
            }
            Call::Touch { id, touch } => {
                let (row, _) = self.0.get_mut(&id).expect("nobody else ends sessions");
                row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
                row.expires_at = row.expires_at.max(touch.expires_at);
                Answer::Touched(Touched::Done)
            }
            Call::Revoke(id) => {
                Answer::Revoked(if self.0.remove(&id).is_some() { Revoked::Done } else { Revoked::Absent })
            }
        }
    }
}
