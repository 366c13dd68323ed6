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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admit {
    id: SessionId,
    presented: SecretDigest,
    rules: Rules,
    settles: bool,
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
        Self { id, presented, rules, settles: true, settling: None }
    }

    /// The same without writing anything down: the caller settles what it holds with a [`Commit`] of no edits.
    #[must_use]
    pub fn without_settling(self) -> Self {
        Self { settles: false, ..self }
    }

    fn judge(&mut self, loaded: &Loaded, now: Timestamp) -> Step<Admitted> {
        let held = match Held::loaded(self.id, self.presented, loaded, now) {
            Ok(held) => held,
            Err(undecodable) => return Step::Done(Admitted::Undecodable(undecodable)),
        };
        let record = &held.record;
        let standing = match judge(record, &self.presented, now, &self.rules) {
            Judgement::Live(standing) => standing,
            Judgement::Expired(limit) => {
                return Step::Done(Admitted::Expired(limit, record.subject().cloned()));
            }
            Judgement::Reused => return Step::Done(Admitted::Reused(record.subject().cloned())),
            Judgement::Replaced | Judgement::Wrong => return Step::Done(Admitted::Unknown),
        };
        let touch_is_due = self.rules.lifetime.touch_is_due(record.last_seen_at, now);
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
        Step::Ask(Call::Load(self.id))
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Admitted> {
        if let Some(settling) = &mut self.settling {
            return settled(settling.resume(answer, now));
        }
        match &answer {
            Answer::Loaded(Some(loaded)) => self.judge(loaded, now),
            Answer::Loaded(None) => Step::Done(Admitted::Unknown),
            _ => unreachable!("the first call is a load"),
        }
    }
}
