//! What a storm comes to, in numbers.

use std::fmt;
use std::ops::AddAssign;

use cloakroom_core::store::{Inserted, Revoked, Swap, Touched};

use super::event::{Event, Outcome};

/// What a storm has asked and what it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Calls with an answer.
    pub answered: usize,
    /// Calls that failed, or had no answer in time.
    pub unknown: usize,
    /// Sessions that were begun.
    pub sessions: usize,
    /// Sessions that were ended, by a call that said so.
    pub ended: usize,
    /// Writes that won.
    pub writes: usize,
    /// Writes and sign-ins that lost against another.
    pub lost: usize,
    /// Calls that found a session gone.
    pub gone: usize,
    /// Sign-ins that a cap or a fence refused.
    pub refused: usize,
}

impl Report {
    pub(super) fn of(seed: u64, events: &[Event]) -> Self {
        let mut report = Self { seed, ..Self::default() };
        for event in events {
            report.count(&event.outcome);
        }
        report
    }

    fn count(&mut self, outcome: &Outcome) {
        if outcome.is_unknown() {
            self.unknown += 1;
            return;
        }
        self.answered += 1;
        match outcome {
            Outcome::Inserted(Inserted::Done) => self.sessions += 1,
            Outcome::SignedIn { evicted } => {
                self.sessions += 1;
                self.ended += evicted.len();
            }
            Outcome::Swapped(Swap::Done(_)) => self.writes += 1,
            Outcome::Swapped(Swap::Lost) | Outcome::Inserted(Inserted::Lost) => self.lost += 1,
            Outcome::Swapped(Swap::Gone)
            | Outcome::Inserted(Inserted::Gone)
            | Outcome::Touched(Touched::Gone)
            | Outcome::Revoked(Revoked::Absent)
            | Outcome::Loaded(None) => self.gone += 1,
            Outcome::Full | Outcome::Fenced => self.refused += 1,
            Outcome::Revoked(Revoked::Done) => self.ended += 1,
            Outcome::Ended(ended) => self.ended += ended.len(),
            Outcome::EndedEveryone(ended) => self.ended += usize::try_from(*ended).unwrap_or(usize::MAX),
            _ => {}
        }
    }
}

/// Both together, of the seed of the first.
impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.answered += other.answered;
        self.unknown += other.unknown;
        self.sessions += other.sessions;
        self.ended += other.ended;
        self.writes += other.writes;
        self.lost += other.lost;
        self.gone += other.gone;
        self.refused += other.refused;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, answered, unknown, sessions, writes, .. } = self;
        write!(
            f,
            "storm of seed {seed}: {answered} calls answered and {unknown} not, {sessions} sessions, {writes} writes"
        )
    }
}
