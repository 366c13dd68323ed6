//! Times along the bottom.

use std::time::Duration;

use cloakroom::Timestamp;

/// The slots of a plot from left to right, and what is written below some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeAxis {
    pub(super) slots: usize,
    /// Places of slots, and texts.
    pub(super) ticks: Vec<(usize, String)>,
}

impl TimeAxis {
    /// An axis with a text below each slot that begins at a whole multiple of `every` since 1970, in UTC.
    pub(crate) fn of(slots: &[Timestamp], every: Duration, text: impl Fn(Timestamp) -> String) -> Self {
        let is_round = |at: &Timestamp| u128::from(at.as_millis()).is_multiple_of(every.as_millis().max(1));
        let round = slots.iter().enumerate().filter(|(_, at)| is_round(at));
        Self { slots: slots.len(), ticks: round.map(|(place, at)| (place, text(*at))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_stands_at_round_times_whatever_the_first_slot_is() {
        let slots: Vec<Timestamp> = (7..67).map(|minute| Timestamp::from_millis(minute * 60_000)).collect();
        let axis = TimeAxis::of(&slots, Duration::from_mins(20), |at| (at.as_millis() / 60_000).to_string());
        let ticks: Vec<(usize, &str)> =
            axis.ticks.iter().map(|(place, text)| (*place, text.as_str())).collect();
        assert_eq!((axis.slots, ticks), (60, vec![(13, "20"), (33, "40"), (53, "60")]));
    }
}
