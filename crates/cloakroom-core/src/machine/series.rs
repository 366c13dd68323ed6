//! What the token of a remembered browser is worth, and the small things that happen to a series: it is recalled, settled and forgotten.
//!
//! A look-up is always of the row as it is, never of a copy: it is rare, and decides who somebody is.

use super::{Answer, Call, Judgement, Operation, Rules, Standing, Step, is_live};
use crate::ids::{SessionId, Subject};
use crate::record::{Record, Series, SeriesTerms};
use crate::store::{Loaded, Revoked, Swap, Version};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// A series that a request holds: what it presented, and what it read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSeries {
    /// Its public ID.
    pub id: SessionId,
    /// What was read, or written since.
    pub series: Series,
    pub(super) presented: SecretDigest,
    pub(super) presented_at: Timestamp,
    pub(super) version: Version,
}

impl HeldSeries {
    pub(super) fn judge(&self, now: Timestamp, terms: &SeriesTerms) -> Judgement {
        judge_series(&self.series, &self.presented, now, terms)
    }

    /// The same as it stands in the store by now; `None` when the row is no series any more.
    pub(super) fn reload(&mut self, loaded: &Loaded) -> Option<()> {
        self.series = Series::from_row(&loaded.row)?;
        self.version = loaded.version;
        Some(())
    }
}

/// Judges a presented token against the series that it claims, as [`judge`](super::judge) does a session's.
///
/// A series has one limit, which no use moves.
pub fn judge_series(
    series: &Series,
    presented: &SecretDigest,
    now: Timestamp,
    terms: &SeriesTerms,
) -> Judgement {
    match series.tokens.standing(presented, now) {
        Err(worthless) => worthless,
        Ok(_) if now >= series.ends_at(terms) => Judgement::Expired(super::Limit::Absolute),
        Ok(standing) => Judgement::Live(standing),
    }
}

/// Finds out whose browser it is that presents the token of a series.
///
/// A token that was replaced long ago is used by a thief, or the one after it is: the series ends here, before anybody is told
/// anything.
///
/// Source: OWASP Session Management, "Renewal Timeout".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    id: SessionId,
    presented: SecretDigest,
    terms: SeriesTerms,
    rules: Rules,
    stage: RecallStage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum RecallStage {
    /// The session that a dead token beside it names is looked up.
    Beside(SessionId),
    Looking,
    Ending(Subject),
}

/// What a token of a series has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Recalled {
    /// It names this live series. Boxed, since there seldom is one.
    Known(Box<HeldSeries>),
    /// It names no series, or one whose secret is another.
    Unknown,
    /// The session whose token came beside it is alive and has another token by now: the request is a late one of a browser that
    /// needs nothing.
    Late,
    /// It was good, and its series, of this subject, has seen its last day.
    Expired(Subject),
    /// It was replaced long ago; the series, of this subject, has ended by this.
    Stolen(Subject),
}

impl Recall {
    /// Recalls whoever presents this token.
    pub fn new(id: SessionId, presented: SecretDigest, terms: SeriesTerms, rules: Rules) -> Self {
        Self { id, presented, terms, rules, stage: RecallStage::Looking }
    }

    /// The same for a request that also has a token of this session, which is not good.
    ///
    /// When the session is alive, its browser has been given another token meanwhile, and a new session would take the place of one
    /// that can do more.
    #[must_use]
    pub fn beside(self, session: Option<SessionId>) -> Self {
        Self { stage: session.map_or(RecallStage::Looking, RecallStage::Beside), ..self }
    }

    fn look(&mut self) -> Step<Recalled> {
        self.stage = RecallStage::Looking;
        Step::Ask(Call::Reload(self.id))
    }

    fn judge(&mut self, loaded: &Loaded, now: Timestamp) -> Step<Recalled> {
        let Some(series) = Series::from_row(&loaded.row) else { return Step::Done(Recalled::Unknown) };
        match judge_series(&series, &self.presented, now, &self.terms) {
            Judgement::Live(_) => Step::Done(Recalled::Known(Box::new(HeldSeries {
                id: self.id,
                series,
                presented: self.presented,
                presented_at: now,
                version: loaded.version,
            }))),
            Judgement::Expired(_) => Step::Done(Recalled::Expired(series.subject)),
            Judgement::Reused => {
                self.stage = RecallStage::Ending(series.subject);
                Step::Ask(Call::Revoke(self.id))
            }
            Judgement::Replaced | Judgement::Wrong | Judgement::Lapsed(_) => Step::Done(Recalled::Unknown),
        }
    }
}

impl Operation for Recall {
    type Outcome = Recalled;

    fn begin(&mut self, _: Timestamp) -> Step<Recalled> {
        match self.stage {
            RecallStage::Beside(session) => Step::Ask(Call::Reload(session)),
            _ => self.look(),
        }
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Recalled> {
        match (&self.stage, answer) {
            (RecallStage::Beside(_), Answer::Loaded(Some(session))) => {
                let lives =
                    Record::from_row(&session.row).is_ok_and(|record| is_live(&record, now, &self.rules));
                if lives { Step::Done(Recalled::Late) } else { self.look() }
            }
            (RecallStage::Beside(_), Answer::Loaded(None)) => self.look(),
            (RecallStage::Looking, Answer::Loaded(Some(loaded))) => self.judge(&loaded, now),
            (RecallStage::Ending(subject), Answer::Revoked(Revoked::Done)) => {
                Step::Done(Recalled::Stolen(subject.clone()))
            }
            // There is none, or somebody else has ended it meanwhile and has told of it.
            (RecallStage::Looking, Answer::Loaded(None))
            | (RecallStage::Ending(_), Answer::Revoked(Revoked::Absent)) => Step::Done(Recalled::Unknown),
            _ => unreachable!("a recall loads, and revokes what was stolen"),
        }
    }
}

/// Notes that a browser has the token that it was given with a session: the one before is dead after the grace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settle {
    id: SessionId,
    presented: SecretDigest,
    terms: SeriesTerms,
    tries_left: u32,
}

/// Whether a series is known to have its token where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Settled {
    /// It is.
    Yes,
    /// The token is none of this series, or not the newest that the browser has.
    No,
}

impl Settle {
    /// A browser with a live session presents this token beside it.
    pub const fn new(id: SessionId, presented: SecretDigest, terms: SeriesTerms) -> Self {
        Self { id, presented, terms, tries_left: 8 }
    }
}

impl Operation for Settle {
    type Outcome = Settled;

    fn begin(&mut self, _: Timestamp) -> Step<Settled> {
        Step::Ask(Call::Reload(self.id))
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Settled> {
        let loaded = match answer {
            Answer::Loaded(Some(loaded)) => loaded,
            Answer::Swapped(Swap::Done(_)) => return Step::Done(Settled::Yes),
            Answer::Swapped(Swap::Lost) if self.tries_left > 1 => {
                self.tries_left -= 1;
                return Step::Ask(Call::Reload(self.id));
            }
            _ => return Step::Done(Settled::No),
        };
        let Some(mut series) = Series::from_row(&loaded.row) else { return Step::Done(Settled::No) };
        match judge_series(&series, &self.presented, now, &self.terms) {
            Judgement::Live(Standing::Current) => Step::Done(Settled::Yes),
            Judgement::Live(Standing::Pending) => {
                series.tokens.promote(self.presented, now, self.terms.grace);
                let row = Box::new(series.to_row());
                Step::Ask(Call::Replace { id: self.id, seen: loaded.version, row })
            }
            _ => Step::Done(Settled::No),
        }
    }
}

/// Ends a series for whoever holds a token of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forget {
    id: SessionId,
    presented: SecretDigest,
    terms: SeriesTerms,
    subject: Option<Subject>,
}

impl Forget {
    /// Ends the series that this token names, if it is good.
    pub const fn new(id: SessionId, presented: SecretDigest, terms: SeriesTerms) -> Self {
        Self { id, presented, terms, subject: None }
    }
}

impl Operation for Forget {
    /// Whose series has ended; `None` when the token was not good.
    type Outcome = Option<Subject>;

    fn begin(&mut self, _: Timestamp) -> Step<Option<Subject>> {
        Step::Ask(Call::Reload(self.id))
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Option<Subject>> {
        match answer {
            Answer::Loaded(loaded) => {
                let series = loaded.and_then(|loaded| Series::from_row(&loaded.row));
                let live = series.filter(|series| {
                    matches!(judge_series(series, &self.presented, now, &self.terms), Judgement::Live(_))
                });
                match live {
                    Some(series) => {
                        self.subject = Some(series.subject);
                        Step::Ask(Call::Revoke(self.id))
                    }
                    None => Step::Done(None),
                }
            }
            _ => Step::Done(self.subject.take()),
        }
    }
}
