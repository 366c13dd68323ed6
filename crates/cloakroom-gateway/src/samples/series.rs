//! What all instances have written down, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use cloakroom::Timestamp;

use crate::accounts::{Accounts, AccountsError};
use crate::samples::keep::SPREAD;
use crate::samples::sample::Sample;
use crate::samples::span::{Slot, Span};
use crate::samples::table;

/// A slot of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// When it begins.
    pub(crate) at: Timestamp,
    /// What happened in all instances together; `None` where none has written anything down.
    pub(crate) sample: Option<Sample>,
}

/// How long writing a row may take until it is missed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every slot of a span up to now, the oldest first, as many as the span has. The last minute that is there is one that every instance has had
/// the time to write down; of the longer slots the last is the one that is under way.
pub(crate) async fn series(
    accounts: &Accounts,
    span: Span,
    now: Timestamp,
) -> Result<Vec<Point>, AccountsError> {
    let last = span.slot_of(now.before(Span::Hour.slot() + SPREAD + PATIENCE));
    let slots: Vec<Slot> = span.slots_upto(last).collect();
    let mut found: BTreeMap<Slot, Sample> = BTreeMap::new();
    for (slot, sample) in table::read(accounts, span, slots[0], last).await? {
        let all = found.entry(slot).or_default();
        *all = all.plus(&sample);
    }
    let point = |slot: Slot| Point { at: slot.begins_at(), sample: found.get(&slot).copied() };
    Ok(slots.into_iter().map(point).collect())
}
