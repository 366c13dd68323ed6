//! Who was revoked lately, so that a sign-in under way loses.

use std::collections::HashMap;
use std::time::Duration;

use cloakroom_core::store::Fence;
use cloakroom_core::{Timestamp, hours};

/// How long a revocation is remembered by its subject at least.
const REMEMBERED: Duration = hours(1);

/// The revocations of one subject shard.
///
/// A revocation is remembered by its subject for one to two hours of calls of [`Fences::forget`]. What is forgotten
/// raises the floor for all subjects: a sign-in that takes longer than an hour may lose for nothing, and never wins in
/// spite of a revocation.
#[derive(Default)]
pub(super) struct Fences {
    recent: Generation,
    older: Generation,
    turned_at: Timestamp,
    floor: Option<Fence>,
}

#[derive(Default)]
struct Generation {
    revoked: HashMap<u64, Fence>,
    latest: Option<Fence>,
}

impl Fences {
    /// Remembers a revocation of the subject of this key.
    pub(super) fn revoke(&mut self, key: u64, revocation: Fence) {
        self.recent.latest = self.recent.latest.max(Some(revocation));
        self.recent.revoked.insert(key, revocation);
    }

    /// What remains to be remembered when every subject is revoked.
    pub(super) fn of_everyone(&self, revocation: Fence) -> Self {
        Self { turned_at: self.turned_at, floor: Some(revocation), ..Self::default() }
    }

    /// Whether the subject of this key was revoked after a sign-in of this fence began.
    pub(super) fn stop(&self, key: u64, fence: Fence) -> bool {
        let of = |generation: &Generation| generation.revoked.get(&key).copied();
        self.floor.max(of(&self.recent)).max(of(&self.older)) > Some(fence)
    }

    /// Once an hour, forgets what is older than an hour.
    pub(super) fn forget(&mut self, now: Timestamp) {
        if now < self.turned_at.after(REMEMBERED) {
            return;
        }
        self.turned_at = now;
        let forgotten = std::mem::replace(&mut self.older, std::mem::take(&mut self.recent));
        self.floor = self.floor.max(forgotten.latest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn fence(number: u64) -> Fence {
        Fence::from_number(number)
    }

    #[test]
    fn a_revocation_stops_the_sign_ins_of_its_subject_that_began_before_it() {
        let mut fences = Fences::default();
        fences.revoke(7, fence(3));
        assert!(fences.stop(7, fence(2)));
        assert!(!fences.stop(7, fence(3)), "it began afterwards");
        assert!(!fences.stop(8, fence(2)), "it is of another subject");
        let fences = fences.of_everyone(fence(4));
        assert!(fences.stop(8, fence(3)) && !fences.stop(7, fence(4)));
    }

    #[test]
    fn what_is_forgotten_still_stops_every_sign_in_that_began_before_it() {
        let mut fences = Fences::default();
        let start = Timestamp::from_millis(1_000_000_000_000);
        fences.forget(start);
        fences.revoke(7, fence(3));
        for hour in 1..=3 {
            fences.forget(start.after(hours(hour)));
            assert!(fences.stop(7, fence(2)), "after {hour} h");
            assert!(!fences.stop(7, fence(3)), "after {hour} h");
        }
        assert!(fences.recent.revoked.is_empty() && fences.older.revoked.is_empty());
    }

    #[test]
    fn a_revocation_is_remembered_by_its_subject_for_an_hour() {
        let mut fences = Fences::default();
        let start = Timestamp::from_millis(1_000_000_000_000);
        fences.revoke(7, fence(3));
        fences.forget(start);
        fences.forget(start.after(hours(1)).before(Duration::from_millis(1)));
        assert!(!fences.stop(8, fence(2)), "another subject is not stopped");
    }
}
