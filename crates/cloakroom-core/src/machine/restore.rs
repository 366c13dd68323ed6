//! A remembered browser gets a session again.

use super::{
    Answer, Call, Held, HeldSeries, IndexTerms, Judgement, NoEdits, Operation, Rules, SignIn, SignInOutcome,
    SignInRequest, Standing, Step, is_live,
};
use crate::ids::SessionId;
use crate::record::{Client, Method, Record, Series, SeriesLink, SeriesTerms};
use crate::store::{Loaded, Swap};
use crate::time::Timestamp;
use crate::token::{FreshSecret, SecretDigest};

/// Gives the browser of a series a session of its subject by [`Remembered`](Method::Remembered), and a new token of the series.
///
/// In this order: the token is replaced, by a swap that fails when the series has ended after the fence was taken; the user is signed
/// in, under that fence; and the series is looked at once more, since whoever ended it in between may have looked for its sessions
/// too early to see this one. So nothing that was restored survives the end of what it was restored from, in any order.
///
/// A browser that comes back with the token before has not got the answer with the new one, and so not the session in it either: that
/// session was lost on the way, or a thief has it, and ends.
///
/// Of requests in parallel with one token one gets the session, and the others [join](Restored::Joined) it. A session whose user has
/// proved more than that meanwhile is joined by nobody.
///
/// The session ends with its series at the latest: no absolute limit moves.
///
/// Source: ASVS 5.0 7.5.1; OWASP Session Management, "Renew the Session ID After Any Privilege Level Change".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    held: Box<HeldSeries>,
    request: RestoreRequest,
    terms: SeriesTerms,
    rules: Rules,
    patience: Patience,
    tries_left: u32,
    /// The session of an answer that has not arrived.
    lost: Option<SessionId>,
    stage: Stage,
}

/// What the session gets, and the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreRequest {
    session: SessionId,
    sign_in: SignInRequest,
    series_digest: SecretDigest,
}

/// What to do when another request is giving the browser a session, and has not come to the end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Say so, and be asked again.
    Waits,
    /// It seems to have been cut off: give another session.
    TakesOver,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Rotating(Option<Box<Series>>),
    /// Looks for the session that another request has got; it may still be on its way there.
    Joining(SessionId, Standing),
    SigningIn(Box<SignIn<NoEdits>>),
    Checking(Held, Vec<SessionId>),
    EndingTheLost(Held, Vec<SessionId>),
    Undoing,
}

/// What a restoration has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Restored {
    /// The session exists, and the client may be given its token and the series'.
    Given {
        /// The new session.
        held: Held,
        /// The sessions that the cap ended.
        evicted: Vec<SessionId>,
        /// When the browser is to forget the series' token.
        series_ends_at: Timestamp,
    },
    /// Another request has given the browser this session; this one takes part in it, and its client is given nothing.
    Joined(Held),
    /// Another request is about to: see [`Patience`].
    UnderWay,
    /// The subject has as many sessions as it may have.
    Full,
    /// The series, or the right of the presented token to it, has ended meanwhile.
    Gone,
}

impl RestoreRequest {
    /// A session of this ID and secret, and this secret for the series, all fresh.
    pub fn new(series: &Series, session: SessionId, fresh: &FreshSecret, series_fresh: &FreshSecret) -> Self {
        let sign_in = SignInRequest::new(series.subject.clone(), Method::Remembered, session, fresh);
        Self { session, sign_in, series_digest: series_fresh.digest() }
    }

    /// The same through a subject index, whose fence was taken after the series was [recalled](super::Recall).
    #[must_use]
    pub fn with_index(self, index: IndexTerms) -> Self {
        Self { sign_in: self.sign_in.with_index(index), ..self }
    }

    /// The same with the place that it comes from.
    #[must_use]
    pub fn with_client(self, client: Client) -> Self {
        Self { sign_in: self.sign_in.with_client(client), ..self }
    }
}

impl Restore {
    /// How often a restoration starts over before it is given up.
    pub const TRIES_MAX: u32 = 32;

    /// A restoration from this series.
    pub fn new(held: Box<HeldSeries>, request: RestoreRequest, terms: SeriesTerms, rules: Rules) -> Self {
        let link = SeriesLink { series: held.id, is_settled: false };
        let begin = held.series.ends_at(&terms).before(rules.lifetime.absolute());
        let sign_in = request.sign_in.with_series(link).counting_from(begin);
        Self {
            held,
            request: RestoreRequest { sign_in, ..request },
            terms,
            rules,
            patience: Patience::Waits,
            tries_left: Self::TRIES_MAX,
            lost: None,
            stage: Stage::Rotating(None),
        }
    }

    /// The same with this patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    fn rotate(&mut self, now: Timestamp) -> Step<Restored> {
        let Judgement::Live(standing) = self.held.judge(now, &self.terms) else {
            return Step::Done(Restored::Gone);
        };
        let given = self.held.series.session.filter(|_| self.joins(standing));
        match (given, standing) {
            (Some(session), _) => {
                self.stage = Stage::Joining(session, standing);
                Step::Ask(Call::Reload(session))
            }
            // It has been presented and replaced, so it is not what this browser goes on with.
            (None, Standing::Previous | Standing::Delegated) => Step::Done(Restored::Gone),
            (None, Standing::Current | Standing::Pending) => self.give(standing, now),
        }
    }

    /// Whether the browser is about to have a session, for all that this request can tell: another one is on the way, or there.
    fn joins(&self, standing: Standing) -> bool {
        match standing {
            Standing::Previous => true,
            Standing::Current => self.is_on_the_way() && self.patience == Patience::Waits,
            Standing::Pending | Standing::Delegated => false,
        }
    }

    /// Whether an answer with a newer token may still arrive, counted from when the client presented this one.
    fn is_on_the_way(&self) -> bool {
        let pending = self.held.series.tokens.pending;
        pending.is_some_and(|pending| self.held.presented_at < pending.issued_at.after(self.terms.grace))
    }

    fn give(&mut self, standing: Standing, now: Timestamp) -> Step<Restored> {
        let mut next = self.held.series.clone();
        let is_lost = standing == Standing::Current && next.tokens.pending.is_some() && !self.is_on_the_way();
        self.lost = next.session.filter(|_| is_lost);
        if standing == Standing::Pending {
            next.tokens.promote(self.held.presented, now, self.terms.grace);
        }
        next.renew(self.request.series_digest, self.request.session, now);
        let row = Box::new(next.to_row());
        self.stage = Stage::Rotating(Some(Box::new(next)));
        Step::Ask(Call::Replace { id: self.held.id, seen: self.held.version, row })
    }

    fn rotated(&mut self, answer: Answer, now: Timestamp) -> Step<Restored> {
        match answer {
            Answer::Swapped(Swap::Done(version)) => {
                if let Stage::Rotating(Some(next)) = &self.stage {
                    self.held.series = Series::clone(next);
                }
                self.held.version = version;
                let mut sign_in =
                    Box::new(SignIn::new(None, NoEdits, self.request.sign_in.clone(), self.rules));
                let step = sign_in.begin(now);
                self.stage = Stage::SigningIn(sign_in);
                self.signed_in(step)
            }
            Answer::Swapped(Swap::Lost) if self.tries_left > 1 => {
                self.tries_left -= 1;
                Step::Ask(Call::Reload(self.held.id))
            }
            Answer::Loaded(Some(loaded)) => match self.held.reload(&loaded) {
                Some(()) => self.rotate(now),
                None => Step::Done(Restored::Gone),
            },
            _ => Step::Done(Restored::Gone),
        }
    }

    fn join(
        &self,
        session: SessionId,
        standing: Standing,
        loaded: Option<Loaded>,
        now: Timestamp,
    ) -> Restored {
        let Some(loaded) = loaded else {
            // One whose successor has been presented came with a session, which has ended since.
            return if standing == Standing::Current { Restored::UnderWay } else { Restored::Gone };
        };
        let record = Record::from_row(&loaded.row).ok().filter(|record| self.may_join(record, now));
        match record {
            Some(record) => Restored::Joined(Held::joined(session, *record, loaded.version)),
            None => Restored::Gone,
        }
    }

    /// Whether the session is this browser's, and worth no more than what a token of the series gives.
    fn may_join(&self, record: &Record, now: Timestamp) -> bool {
        let is_of_series = SeriesLink::of(record.slots()).is_some_and(|link| link.series == self.held.id);
        let is_unproven = record.authentication().is_some_and(|proof| {
            proof.subject == self.held.series.subject && proof.last_proof_at().is_none()
        });
        is_of_series && is_unproven && is_live(record, now, &self.rules)
    }

    fn given(&self, held: Held, evicted: Vec<SessionId>) -> Restored {
        Restored::Given { held, evicted, series_ends_at: self.held.series.ends_at(&self.terms) }
    }

    fn signed_in(&mut self, step: Step<SignInOutcome<std::convert::Infallible>>) -> Step<Restored> {
        match step {
            Step::Ask(call) => Step::Ask(call),
            Step::Done(SignInOutcome::Done { held, evicted, .. }) => {
                self.stage = Stage::Checking(held, evicted);
                Step::Ask(Call::Reload(self.held.id))
            }
            Step::Done(SignInOutcome::Full) => Step::Done(Restored::Full),
            Step::Done(SignInOutcome::Gone | SignInOutcome::Lost) => Step::Done(Restored::Gone),
            Step::Done(SignInOutcome::Refused(never)) => match never {},
        }
    }
}

impl Operation for Restore {
    type Outcome = Restored;

    fn begin(&mut self, now: Timestamp) -> Step<Restored> {
        self.rotate(now)
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Restored> {
        match (std::mem::replace(&mut self.stage, Stage::Undoing), answer) {
            (stage @ Stage::Rotating(_), answer) => {
                self.stage = stage;
                self.rotated(answer, now)
            }
            (Stage::Joining(session, standing), Answer::Loaded(loaded)) => {
                Step::Done(self.join(session, standing, loaded, now))
            }
            (Stage::SigningIn(mut sign_in), answer) => {
                let step = sign_in.resume(answer, now);
                self.stage = Stage::SigningIn(sign_in);
                self.signed_in(step)
            }
            (Stage::Checking(held, evicted), Answer::Loaded(Some(_))) => match self.lost {
                Some(lost) => {
                    self.stage = Stage::EndingTheLost(held, evicted);
                    Step::Ask(Call::Revoke(lost))
                }
                None => Step::Done(self.given(held, evicted)),
            },
            (Stage::EndingTheLost(held, evicted), Answer::Revoked(_)) => {
                Step::Done(self.given(held, evicted))
            }
            // The series has ended since; nobody has the session's token yet, and nobody will.
            (Stage::Checking(held, _), Answer::Loaded(None)) => Step::Ask(Call::Revoke(held.id)),
            (Stage::Undoing, Answer::Revoked(_)) => Step::Done(Restored::Gone),
            _ => unreachable!("each question of a restoration has its kind of answer"),
        }
    }
}
