//! What happened in a slot.

use crate::metrics::Totals;

/// What happened in a slot, in one instance or in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// What was counted.
    pub(crate) totals: Totals,
    /// How many sessions there were at most, where anybody has counted them.
    pub(crate) sessions: Option<u64>,
}

impl Sample {
    /// Both together: what was counted is added up, and of the sessions, which are the same ones, the higher count stands.
    #[must_use]
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self { totals: self.totals.plus(&other.totals), sessions: self.sessions.max(other.sessions) }
    }
}
