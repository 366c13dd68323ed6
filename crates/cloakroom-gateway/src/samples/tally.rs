//! What an instance has counted and not written down, or not for the last time.

use std::collections::BTreeMap;

use cloakroom::Timestamp;

use crate::metrics::Totals;
use crate::samples::sample::Sample;
use crate::samples::span::{Slot, Span};

/// So many rows wait for a database that takes none: those of the last hours. The oldest go first.
const WAITING_MAX: usize = 300;

/// The rows of an instance that may still change, or are not written down yet.
#[derive(Debug, Default)]
pub(super) struct Tally {
    before: Totals,
    rows: BTreeMap<(Slot, Span), Row>,
}

#[derive(Debug, Default)]
struct Row {
    sample: Sample,
    is_written: bool,
}

impl Tally {
    /// Counts what has come since it was last asked for the slots that this moment lies in.
    pub(super) fn take(&mut self, now: &Totals, at: Timestamp, sessions: Option<u64>) {
        let come = Sample { totals: now.since(&self.before), sessions };
        self.before = *now;
        for span in Span::ALL {
            let row = self.rows.entry((span.slot_of(at), span)).or_default();
            row.sample = row.sample.plus(&come);
            row.is_written = false;
        }
        while self.rows.len() > WAITING_MAX {
            self.rows.pop_first();
        }
    }

    /// What is to be written down, the oldest first.
    pub(super) fn unwritten(&self) -> Vec<((Span, Slot), Sample)> {
        let unwritten = self.rows.iter().filter(|(_, row)| !row.is_written);
        unwritten.map(|((slot, span), row)| ((*span, *slot), row.sample)).collect()
    }

    /// It is written down as of now.
    pub(super) fn settle(&mut self, (span, slot): (Span, Slot)) {
        if let Some(row) = self.rows.get_mut(&(slot, span)) {
            row.is_written = true;
        }
    }

    /// Forgets what is written down and can change no more.
    pub(super) fn forget(&mut self, at: Timestamp) {
        self.rows.retain(|(slot, span), row| !row.is_written || *slot >= span.slot_of(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(sign_ins: u64) -> Totals {
        Totals { sign_ins, ..Totals::default() }
    }

    fn minute(minute: u64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    fn written(tally: &Tally) -> Vec<(&'static str, u64, u64)> {
        let rows = tally.unwritten();
        rows.iter().map(|((span, slot), row)| (span.as_str(), slot.0 / 60_000, row.totals.sign_ins)).collect()
    }

    #[test]
    fn what_comes_in_a_minute_is_added_to_each_slot_that_it_lies_in() {
        let mut tally = Tally::default();
        tally.take(&totals(3), minute(14), None);
        assert_eq!(written(&tally), [("day", 0, 3), ("week", 0, 3), ("hour", 14, 3)]);
        for (key, _) in tally.unwritten() {
            tally.settle(key);
        }
        tally.forget(minute(14));
        tally.take(&totals(5), minute(15), None);
        assert_eq!(written(&tally), [("week", 0, 5), ("hour", 15, 2), ("day", 15, 2)]);
    }

    #[test]
    fn what_the_database_did_not_take_waits_and_is_not_mixed_up() {
        let mut tally = Tally::default();
        for at in 0..20 {
            tally.take(&totals(at + 1), minute(at), None);
        }
        let rows = tally.unwritten();
        let of =
            |span| rows.iter().filter(move |((of, _), _)| *of == span).map(|(_, row)| row.totals.sign_ins);
        assert_eq!(of(Span::Hour).collect::<Vec<_>>(), [1; 20]);
        assert_eq!(of(Span::Day).collect::<Vec<_>>(), [15, 5]);
        assert_eq!(of(Span::Week).collect::<Vec<_>>(), [20]);
        for at in 20..2000 {
            tally.take(&totals(at + 1), minute(at), None);
        }
        assert_eq!(tally.unwritten().len(), WAITING_MAX, "not for ever");
    }

    #[test]
    fn of_several_counts_of_the_same_sessions_the_highest_stands() {
        let mut tally = Tally::default();
        for (at, sessions) in [Some(7), Some(9), None, Some(8)].into_iter().enumerate() {
            tally.take(&Totals::default(), minute(at as u64), sessions);
        }
        let of_day = tally.unwritten().into_iter().find(|((span, _), _)| *span == Span::Day).unwrap();
        assert_eq!(of_day.1.sessions, Some(9));
    }
}
