//! The changes that a record may go through. Nothing else changes one.

use std::time::Duration;

use crate::record::{Audiences, Method, Pending, Previous, Record, Tokens};
use crate::time::Timestamp;
use crate::token::SecretDigest;

impl Record {
    /// Hands out another token; see [`Tokens::renew`].
    pub(crate) fn renew(&mut self, digest: SecretDigest, now: Timestamp) {
        self.tokens.renew(digest, now);
    }

    /// A pending token was presented; see [`Tokens::promote`].
    pub(crate) fn promote(&mut self, presented: SecretDigest, now: Timestamp, grace: Duration) {
        self.tokens.promote(presented, now, grace);
    }

    /// A new token, and the old one is dead at once, since what it may do has changed.
    ///
    /// A use of the old one may be a request that was under way, or a client that lost the answer, so it raises no alarm
    /// before the new one has been used, nor within the grace after. The tokens of audiences are dead too.
    pub(crate) fn replace_token(&mut self, digest: SecretDigest, now: Timestamp, grace: Duration) {
        self.tokens.pending = None;
        self.tokens.pending_before = None;
        self.tokens.succeed(digest, now, now, now.after(grace));
        self.tokens.current_is_unused = true;
        Audiences::forget(&mut self.slots);
    }

    /// A client presented the token that replaced another: from now on it is known to have arrived.
    pub(crate) fn first_use(&mut self, now: Timestamp, grace: Duration) {
        self.tokens.current_is_unused = false;
        if let Some(previous) = &mut self.tokens.previous {
            previous.suspicious_from = now.after(grace);
        }
    }

    /// The user has proved again who they are: the absolute timeout starts over.
    pub(crate) fn prove(&mut self, method: Method, now: Timestamp) {
        if let Some(proof) = &mut self.authentication {
            proof.prove(method, now);
            self.see(now);
        }
    }

    /// Notes activity; never moves back.
    pub(crate) fn see(&mut self, now: Timestamp) {
        self.last_seen_at = self.last_seen_at.max(now);
    }
}

impl Tokens {
    /// Hands out another token; the current one stays until the new one is presented.
    ///
    /// One that was handed out before and not presented stays good beside it: its answer may have arrived, and the
    /// answer with this one may be lost.
    pub(crate) fn renew(&mut self, digest: SecretDigest, now: Timestamp) {
        if let Some(before) = self.pending.replace(Pending { digest, issued_at: now }) {
            self.pending_before = Some(before.digest);
        }
    }

    /// A pending token was presented: it becomes the current one, and the old one is good for the grace.
    ///
    /// One that was handed out before it was lost, and dies; one that was handed out after it may still arrive.
    pub(crate) fn promote(&mut self, presented: SecretDigest, now: Timestamp, grace: Duration) {
        if self.pending_before.take() != Some(presented) {
            self.pending = None;
        }
        let good_until = now.after(grace);
        self.succeed(presented, now, good_until, good_until);
    }

    fn succeed(
        &mut self,
        digest: SecretDigest,
        now: Timestamp,
        good_until: Timestamp,
        suspicious_from: Timestamp,
    ) {
        if let Some(older) = self.previous.take() {
            if self.retired.len() == Self::RETIRED_MAX {
                self.retired.remove(0);
            }
            self.retired.push(older.digest.stub());
        }
        self.previous = Some(Previous { digest: self.current, good_until, suspicious_from });
        self.current = digest;
        self.current_since = now;
        self.current_is_unused = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Subject;
    use crate::lifetime::{Lifetime, Renewal};
    use crate::machine::{Judgement, Rules, Standing, judge};
    use crate::time::{hours, seconds};
    use crate::token::FreshSecret;

    const GRACE: Duration = seconds(30);

    fn digest(octet: u8) -> SecretDigest {
        FreshSecret::from_entropy([octet; 32]).digest()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn judged(record: &Record, octet: u8, now: Timestamp) -> Judgement {
        let lifetime = Lifetime::idle_absolute(hours(1), hours(12));
        judge(
            record,
            &digest(octet),
            now,
            &Rules { lifetime, renewal: Renewal::every(seconds(300)), audience: None },
        )
    }

    fn record() -> Record {
        let alice = Subject::new("alice").unwrap();
        Record::authenticated(alice, Method::Password, &FreshSecret::from_entropy([1; 32]), at(0))
    }

    #[test]
    fn rot_06_the_old_token_is_good_until_the_new_one_is_presented_and_for_the_grace() {
        let mut record = record();
        record.renew(digest(2), at(301));
        assert_eq!(judged(&record, 1, at(1000)), Judgement::Live(Standing::Current));
        assert_eq!(judged(&record, 2, at(1000)), Judgement::Live(Standing::Pending));
        record.promote(digest(2), at(302), GRACE);
        assert_eq!(judged(&record, 2, at(302)), Judgement::Live(Standing::Current));
        assert_eq!(judged(&record, 1, at(320)), Judgement::Live(Standing::Previous));
        assert_eq!(judged(&record, 1, at(332)), Judgement::Reused);
    }

    #[test]
    fn behaviour_20_a_pending_token_that_was_lost_raises_no_alarm() {
        let mut record = record();
        record.renew(digest(2), at(301));
        record.renew(digest(3), at(400));
        record.promote(digest(3), at(401), GRACE);
        assert_eq!(judged(&record, 2, at(500)), Judgement::Wrong);
    }

    /// Story: a page took a minute, was handed the next token and was never seen; its script held the one before.
    #[test]
    fn behaviour_20_the_token_before_a_lost_one_is_good_until_one_of_them_is_presented() {
        let mut record = record();
        record.renew(digest(2), at(301));
        record.renew(digest(3), at(400));
        assert_eq!(judged(&record, 2, at(401)), Judgement::Live(Standing::Pending));
        record.promote(digest(2), at(401), GRACE);
        assert_eq!(judged(&record, 2, at(402)), Judgement::Live(Standing::Current));
        assert_eq!(judged(&record, 3, at(402)), Judgement::Live(Standing::Pending), "it may still arrive");
        assert_eq!(judged(&record, 1, at(402)), Judgement::Live(Standing::Previous));
    }

    #[test]
    fn rot_02_a_replaced_token_is_dead_at_once_and_suspicious_only_later() {
        let mut record = record();
        record.renew(digest(2), at(10));
        record.replace_token(digest(3), at(20), GRACE);
        record.first_use(at(20), GRACE);
        assert_eq!(judged(&record, 1, at(20)), Judgement::Replaced);
        assert_eq!(judged(&record, 2, at(20)), Judgement::Wrong);
        assert_eq!(judged(&record, 1, at(50)), Judgement::Reused);
    }

    /// Story: the answer to a password change was lost in a tunnel, and half a minute later the browser was a thief.
    #[test]
    fn a_replaced_token_raises_no_alarm_before_its_successor_has_been_used() {
        let mut record = record();
        record.replace_token(digest(2), at(20), GRACE);
        assert_eq!(judged(&record, 1, at(500)), Judgement::Replaced);
        record.first_use(at(501), GRACE);
        assert_eq!(judged(&record, 1, at(530)), Judgement::Replaced);
        assert_eq!(judged(&record, 1, at(531)), Judgement::Reused);
    }

    /// Story: the first use of a renewed token was a password change, and a request under way with the old one was a thief.
    #[test]
    fn a_token_in_its_grace_raises_no_alarm_when_its_successor_is_replaced_too() {
        let mut record = record();
        record.renew(digest(2), at(10));
        record.promote(digest(2), at(20), GRACE);
        record.replace_token(digest(3), at(20), GRACE);
        record.first_use(at(20), GRACE);
        assert_eq!(judged(&record, 1, at(49)), Judgement::Replaced);
        assert_eq!(judged(&record, 1, at(50)), Judgement::Reused);
    }

    /// Story: one of two nodes had a slow clock, and there the old token outlived a password change by the difference.
    #[test]
    fn rot_02_a_replaced_token_is_dead_where_the_clock_is_behind() {
        let mut record = record();
        record.replace_token(digest(2), at(20), GRACE);
        assert_eq!(judged(&record, 1, at(10)), Judgement::Replaced);
    }

    #[test]
    fn tokens_of_sixteen_generations_are_known_as_reused() {
        let mut record = record();
        for generation in 2..=20 {
            record.renew(digest(generation), at(u64::from(generation)));
            record.promote(digest(generation), at(u64::from(generation)), GRACE);
        }
        for generation in 3..19 {
            assert_eq!(judged(&record, generation, at(1000)), Judgement::Reused, "{generation}");
        }
        assert_eq!(
            judged(&record, 1, at(1000)),
            Judgement::Wrong,
            "the oldest is forgotten, and refused all the same"
        );
    }

    #[test]
    fn lif_05_reauthentication_starts_the_absolute_timeout_over_and_activity_does_not() {
        let lifetime = Lifetime::try_new(hours(1), hours(2), seconds(0)).unwrap();
        let mut record = record();
        record.see(at(7000));
        assert_eq!(record.expires_at(&lifetime), at(7200));
        record.prove(Method::Password, at(7000));
        assert_eq!(record.expires_at(&lifetime), at(7000 + 3600));
        assert_eq!(record.authentication().unwrap().authenticated_at, at(0));
    }
}
