//! What the administration shows of the series, since the process started.

use crate::metrics::buckets::Buckets;
use crate::metrics::labels::{Ending, SignInOutcome, StoreOperation};
use crate::metrics::registry::Metrics;
use crate::metrics::series::Label as _;

/// What was counted since the process started, or between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Users who signed in.
    pub(crate) sign_ins: u64,
    /// Sign-ins that were wrong, or not looked at after too many wrong ones.
    pub(crate) failures: u64,
    /// Sessions that were ended by somebody or something else than their own sign-out or time.
    pub(crate) revocations: u64,
    /// How long it took to find a session.
    pub(crate) lookups: Buckets,
    /// How long it took to begin, to write and to end one.
    pub(crate) changes: Buckets,
}

impl Totals {
    /// What has come since `before`.
    #[must_use]
    pub(crate) fn since(self, before: &Self) -> Self {
        Self {
            sign_ins: self.sign_ins.saturating_sub(before.sign_ins),
            failures: self.failures.saturating_sub(before.failures),
            revocations: self.revocations.saturating_sub(before.revocations),
            lookups: self.lookups.since(&before.lookups),
            changes: self.changes.since(&before.changes),
        }
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self {
            sign_ins: self.sign_ins.saturating_add(other.sign_ins),
            failures: self.failures.saturating_add(other.failures),
            revocations: self.revocations.saturating_add(other.revocations),
            lookups: self.lookups.plus(&other.lookups),
            changes: self.changes.plus(&other.changes),
        }
    }
}

impl Metrics {
    /// What was counted since the process started.
    pub(crate) fn totals(&self) -> Totals {
        let series = &self.0;
        let mut totals = Totals::default();
        for (_, outcome, number) in series.sign_ins.iter() {
            match outcome {
                SignInOutcome::Done => totals.sign_ins += number,
                SignInOutcome::Refused | SignInOutcome::Throttled => totals.failures += number,
            }
        }
        let revoked = series.sessions_ended.iter().filter(|(why, _)| is_revocation(*why));
        totals.revocations = revoked.map(|(_, number)| number).sum();
        for operation in StoreOperation::ALL {
            let took = Buckets::of(&series.store[operation.place()]);
            match operation {
                StoreOperation::Load => totals.lookups = totals.lookups.plus(&took),
                StoreOperation::Insert
                | StoreOperation::Replace
                | StoreOperation::Touch
                | StoreOperation::Revoke => totals.changes = totals.changes.plus(&took),
                // These are about many sessions at once, and nobody's sign-in waits for them.
                _ => {}
            }
        }
        totals
    }
}

const fn is_revocation(why: Ending) -> bool {
    !matches!(why, Ending::SignedOut | Ending::Idle | Ending::Absolute)
}

#[cfg(test)]
mod tests {
    use cloakroom::Timestamp;

    use super::*;

    #[test]
    fn what_is_counted_is_told_apart_and_a_sign_out_is_no_revocation() {
        let metrics = Metrics::new(Timestamp::EPOCH);
        let before = metrics.totals();
        assert_eq!(before, Totals::default());
        metrics.signed_in(Some("password"), SignInOutcome::Done);
        metrics.signed_in(Some("password"), SignInOutcome::Refused);
        metrics.signed_in(Some("federated"), SignInOutcome::Throttled);
        for why in ["signed_out", "idle", "absolute", "revoked", "evicted"] {
            metrics.session_ended(Some(why));
        }
        metrics.everyone_ended(40);
        drop(metrics.store(StoreOperation::Load));
        drop(metrics.store(StoreOperation::Insert));
        drop(metrics.store(StoreOperation::Purge));
        let totals = metrics.totals();
        assert_eq!((totals.sign_ins, totals.failures, totals.revocations), (1, 2, 42));
        assert_eq!((totals.lookups.count(), totals.changes.count()), (1, 1));
        assert_eq!(totals.since(&before).plus(&before), totals);
    }
}
