//! Letting a request in: from a token to the session that it names.

use super::{
    Answer, Call, Commit, Committed, Held, Judgement, Limit, NoEdits, Operation, Rules, Standing, Step,
};
use super::{TokenChange, judge};
use crate::ids::{SessionId, Subject};
use crate::record::Undecodable;
use crate::store::Loaded;
use crate::time::Timestamp;
use crate::token::{SecretDigest, Token};

/// Finds the session that a token names, and writes down that it was used.
///
/// A request that only reads costs one look-up, and writes nothing. A second call is due when a touch window has
/// passed, when the token is a pending one, which becomes the session's here, and at the first use of one that replaced
/// another.
///
/// A copy of a row that may be behind is believed only when it lets the request in. Whatever else it says, the store is
/// asked itself: a token that another node has given out a moment ago is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admit {
    id: SessionId,
    presented: SecretDigest,
    rules: Rules,
    settles: bool,
    believes_copies: bool,
    settling: Option<Box<Commit<NoEdits>>>,
}

/// What a token has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admitted {
    /// It names this live session.
    Live(Held),
    /// It names no session, or one whose secret is another.
    Unknown,
    /// It was good, and time has ended its session, whose subject this was.
    Expired(Limit, Option<Subject>),
    /// It is good and its session lives on, but not at this audience, since nobody used it there or proved who they are for so long.
    Lapsed(Limit),
    /// It was renewed away long ago: a sign of theft from this subject.
    Reused(Option<Subject>),
    /// What the store holds of the session cannot be read.
    Undecodable(Undecodable),
}

impl Admit {
    /// Lets in whoever presents this token.
    pub fn new(token: &Token, rules: Rules) -> Self {
        Self::by_digest(token.id(), token.digest(), rules)
    }

    /// Lets in whoever presented a token of this ID and digest earlier.
    pub const fn by_digest(id: SessionId, presented: SecretDigest, rules: Rules) -> Self {
        Self { id, presented, rules, settles: true, believes_copies: true, settling: None }
    }

    /// The same without writing anything down: the caller settles what it holds with a [`Commit`] of no edits.
    #[must_use]
    pub fn without_settling(self) -> Self {
        Self { settles: false, ..self }
    }

    /// The same on the row as it is now, whatever copies there are.
    #[must_use]
    pub fn from_no_copy(self) -> Self {
        Self { believes_copies: false, ..self }
    }

    fn judge(&mut self, loaded: &Loaded, now: Timestamp) -> Step<Admitted> {
        let held = match Held::loaded(self.id, self.presented, loaded, now) {
            Ok(held) => held,
            // Its ID is public, and whoever claims it as a session's must not end it.
            Err(Undecodable::Series) => return Step::Done(Admitted::Unknown),
            Err(undecodable) => return Step::Done(Admitted::Undecodable(undecodable)),
        };
        let record = &held.record;
        let standing = match judge(record, &self.presented, now, &self.rules) {
            Judgement::Live(standing) => standing,
            Judgement::Expired(limit) => {
                return Step::Done(Admitted::Expired(limit, record.subject().cloned()));
            }
            Judgement::Lapsed(limit) => return Step::Done(Admitted::Lapsed(limit)),
            Judgement::Reused => return Step::Done(Admitted::Reused(record.subject().cloned())),
            Judgement::Replaced | Judgement::Wrong => return Step::Done(Admitted::Unknown),
        };
        let touch_is_due = self.rules.lifetime.touch_is_due(record.last_seen_at, now)
            || self.rules.audience_touch_is_due(record, now);
        let first_use = standing == Standing::Pending || record.tokens.current_is_unused;
        if !self.settles || !first_use && !touch_is_due {
            return Step::Done(Admitted::Live(held));
        }
        let mut settling = Box::new(Commit::new(held, NoEdits, TokenChange::Keep, self.rules));
        let step = settling.begin(now);
        self.settling = Some(settling);
        settled(step)
    }
}

fn settled(step: Step<Committed<std::convert::Infallible>>) -> Step<Admitted> {
    match step {
        Step::Ask(call) => Step::Ask(call),
        // Lost on every try: the session is as live as its last reading, and the next request settles it.
        Step::Done(Committed::Done { held, .. } | Committed::Lost(held)) => Step::Done(Admitted::Live(held)),
        Step::Done(Committed::Gone) => Step::Done(Admitted::Unknown),
        Step::Done(Committed::Refused(never)) => match never {},
    }
}

impl Operation for Admit {
    type Outcome = Admitted;

    fn begin(&mut self, _: Timestamp) -> Step<Admitted> {
        Step::Ask(if self.believes_copies { Call::Load(self.id) } else { Call::Reload(self.id) })
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Admitted> {
        if let Some(settling) = &mut self.settling {
            return settled(settling.resume(answer, now));
        }
        match &answer {
            Answer::Loaded(Some(loaded)) => self.judge(loaded, now),
            Answer::Near(loaded) => match self.judge(loaded, now) {
                step @ (Step::Ask(_) | Step::Done(Admitted::Live(_))) => step,
                Step::Done(_) => Step::Ask(Call::Reload(self.id)),
            },
            Answer::Loaded(None) => Step::Done(Admitted::Unknown),
            _ => unreachable!("the first call is a load"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime::{Lifetime, Renewal};
    use crate::record::{Method, Record};
    use crate::store::Version;
    use crate::time::{hours, seconds};
    use crate::token::FreshSecret;

    const ID: SessionId = SessionId::from_octets([1; SessionId::LEN]);
    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn digest(octet: u8) -> SecretDigest {
        FreshSecret::from_entropy([octet; 32]).digest()
    }

    fn rules() -> Rules {
        let lifetime = Lifetime::try_new(seconds(600), hours(1), seconds(60)).unwrap();
        Rules { lifetime, renewal: Renewal::on_demand(), audience: None }
    }

    fn with_secret(octet: u8) -> Loaded {
        let alice = Subject::new("alice").unwrap();
        let fresh = FreshSecret::from_entropy([octet; 32]);
        let record = Record::authenticated(alice, Method::Password, &fresh, NOW);
        Loaded { row: record.to_row(&rules().lifetime), version: Version::FIRST }
    }

    #[test]
    fn a_copy_lets_a_request_in() {
        let mut admit = Admit::by_digest(ID, digest(1), rules());
        assert_eq!(admit.begin(NOW), Step::Ask(Call::Load(ID)));
        let step = admit.resume(Answer::Near(with_secret(1)), NOW);
        assert!(matches!(step, Step::Done(Admitted::Live(_))), "{step:?}");
    }

    #[test]
    fn a_token_given_out_since_the_copy_was_made_is_not_refused() {
        let mut admit = Admit::by_digest(ID, digest(2), rules());
        let _ = admit.begin(NOW);
        assert_eq!(admit.resume(Answer::Near(with_secret(1)), NOW), Step::Ask(Call::Reload(ID)));
        let step = admit.resume(Answer::Loaded(Some(with_secret(2))), NOW);
        assert!(matches!(step, Step::Done(Admitted::Live(_))), "{step:?}");
    }

    #[test]
    fn a_copy_that_has_expired_refuses_nobody_who_was_active_on_another_node() {
        let mut admit = Admit::by_digest(ID, digest(1), rules());
        let _ = admit.begin(NOW);
        let later = NOW.after(seconds(600 + 60));
        assert_eq!(admit.resume(Answer::Near(with_secret(1)), later), Step::Ask(Call::Reload(ID)));
    }

    #[test]
    fn what_asks_for_the_row_itself_is_not_offered_a_copy() {
        let mut admit = Admit::by_digest(ID, digest(1), rules()).from_no_copy();
        assert_eq!(admit.begin(NOW), Step::Ask(Call::Reload(ID)));
    }
}
