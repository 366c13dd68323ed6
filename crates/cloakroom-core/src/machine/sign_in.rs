//! Signing in: a new session, and the end of the one that was there.

use super::{Answer, Call, Edits, Held, IndexTerms, Judgement, Operation, Rules, Step, judge};
use crate::ids::{SessionId, Subject};
use crate::record::{Client, Method, Persistence, Proof, Record, SeriesLink, Slots};
use crate::store::{Loaded, Seen, SubjectInserted};
use crate::time::Timestamp;
use crate::token::{FreshSecret, SecretDigest};

/// Makes a session for a subject, in one step with the end of the one that the request came with.
///
/// When that one was somebody's and has ended meanwhile, the sign-in loses: signing out wins over whatever was in
/// flight. A visitor's session that has ended meanwhile was replaced by another sign-in, and this one goes on as from
/// nothing; unless it is the second half of a sign-in, which only the session that keeps the first half can finish.
///
/// Source: ASVS 5.0 7.2.4; OWASP Session Management, "Renew the Session ID After Any Privilege Level Change".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn<E> {
    held: Option<Held>,
    edits: E,
    request: SignInRequest,
    rules: Rules,
    tries_left: u32,
    attempt: Option<Box<Record>>,
}

/// Who signs in, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRequest {
    subject: Subject,
    method: Method,
    id: SessionId,
    digest: SecretDigest,
    index: Option<IndexTerms>,
    persistence: Persistence,
    client: Client,
    first: Option<Proof>,
    series: Option<SeriesLink>,
    counts_from: Option<Timestamp>,
}

impl SignInRequest {
    /// A sign-in of `subject` that gets this ID and this secret, both fresh.
    pub fn new(subject: Subject, method: Method, id: SessionId, fresh: &FreshSecret) -> Self {
        Self {
            subject,
            method,
            id,
            digest: fresh.digest(),
            index: None,
            persistence: Persistence::Session,
            client: Client::default(),
            first: None,
            series: None,
            counts_from: None,
        }
    }

    /// The same as the second half of a sign-in, whose first factor was proven before.
    #[must_use]
    pub fn after_first_factor(self, first: Proof) -> Self {
        Self { first: Some(first), ..self }
    }

    /// The same of a browser that is remembered.
    #[must_use]
    pub fn with_series(self, link: SeriesLink) -> Self {
        Self { series: Some(link), ..self }
    }

    /// The same with an absolute timeout that counts from this moment, which is none after the sign-in: for a session that is to
    /// end with what it was restored from.
    #[must_use]
    pub fn counting_from(self, begin: Timestamp) -> Self {
        Self { counts_from: Some(begin), ..self }
    }

    /// The same through a subject index.
    #[must_use]
    pub fn with_index(self, index: IndexTerms) -> Self {
        Self { index: Some(index), ..self }
    }

    /// The same with another persistence of the cookie.
    #[must_use]
    pub fn with_persistence(self, persistence: Persistence) -> Self {
        Self { persistence, ..self }
    }

    /// The same with the place that it comes from.
    #[must_use]
    pub fn with_client(self, client: Client) -> Self {
        Self { client, ..self }
    }
}

/// What a sign-in has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum SignInOutcome<X> {
    /// The session exists, and the client may be given its token.
    Done {
        /// The new session.
        held: Held,
        /// The session that ended in its favour.
        replaced: Option<SessionId>,
        /// The sessions that the cap ended.
        evicted: Vec<SessionId>,
    },
    /// The session it came with was ended, or the subject revoked, after it began.
    Gone,
    /// Others wrote first every time.
    Lost,
    /// The subject has as many sessions as it may have.
    Full,
    /// The edits cannot be made.
    Refused(X),
}

impl<E: Edits> SignIn<E> {
    /// How often a sign-in starts over before it is lost.
    pub const TRIES_MAX: u32 = 32;

    /// A sign-in by a request that holds this session and has edited its slots.
    pub fn new(held: Option<Held>, edits: E, request: SignInRequest, rules: Rules) -> Self {
        Self { held, edits, request, rules, tries_left: Self::TRIES_MAX, attempt: None }
    }

    fn attempt(&mut self, now: Timestamp) -> Step<SignInOutcome<E::Error>> {
        let mut slots = match self.carried_slots() {
            Ok(slots) => slots,
            Err(refused) => return Step::Done(SignInOutcome::Refused(refused)),
        };
        let request = &self.request;
        if let Some(link) = request.series {
            link.write(&mut slots);
        }
        let begin = request.counts_from.map_or(now, |begin| begin.min(now));
        let mut record = Record::signed_in(request.subject.clone(), request.method, request.digest, begin)
            .with_persistence(request.persistence)
            .with_client(request.client.clone())
            .with_slots(slots);
        if let Some(first) = request.first {
            record = record.after_first_factor(first);
        }
        record.see(now);
        let call = Call::Insert {
            id: request.id,
            row: Box::new(record.to_row(&self.rules.lifetime)),
            replaces: self.held.as_ref().map(|held| Seen { id: held.id, version: held.version }),
            index: request.index,
        };
        self.attempt = Some(Box::new(record));
        Step::Ask(call)
    }

    /// The marked slots of the session before, unless it was another subject's.
    fn carried_slots(&mut self) -> Result<Slots, E::Error> {
        let before = self.held.as_ref().map(|held| &held.record);
        if before.and_then(Record::subject).is_some_and(|subject| *subject != self.request.subject) {
            return Ok(Slots::default());
        }
        let mut slots = before.map(|record| record.slots().clone()).unwrap_or_default();
        self.edits.apply(&mut slots)?;
        Ok(slots.kept_at_sign_in())
    }

    fn held_has_ended(&mut self, now: Timestamp) -> Step<SignInOutcome<E::Error>> {
        let is_signed_in = |held: &Held| held.record.authentication().is_some();
        if self.request.first.is_some() || self.held.as_ref().is_some_and(is_signed_in) {
            return Step::Done(SignInOutcome::Gone);
        }
        self.held = None;
        self.attempt(now)
    }

    fn lost(&mut self) -> Step<SignInOutcome<E::Error>> {
        self.tries_left -= 1;
        match &self.held {
            Some(held) if self.tries_left > 0 => Step::Ask(Call::Reload(held.id)),
            _ => Step::Done(SignInOutcome::Lost),
        }
    }

    fn reload(&mut self, loaded: &Loaded, now: Timestamp) -> Step<SignInOutcome<E::Error>> {
        let Some(held) = &mut self.held else { return Step::Done(SignInOutcome::Lost) };
        let live = Record::from_row(&loaded.row)
            .ok()
            .filter(|record| matches!(judge(record, &held.presented, now, &self.rules), Judgement::Live(_)));
        match live {
            Some(record) => {
                held.record = *record;
                held.version = loaded.version;
                self.attempt(now)
            }
            None => self.held_has_ended(now),
        }
    }

    fn done(&mut self, evicted: Vec<SessionId>) -> Step<SignInOutcome<E::Error>> {
        let record = self.attempt.take().expect("an answer follows an attempt");
        let id = self.request.id;
        let held = Held::created(id, *record);
        let replaced = self.held.take().map(|held| held.id);
        Step::Done(SignInOutcome::Done { held, replaced, evicted })
    }
}

impl<E: Edits> Operation for SignIn<E> {
    type Outcome = SignInOutcome<E::Error>;

    fn begin(&mut self, now: Timestamp) -> Step<Self::Outcome> {
        let held = self.held.as_ref();
        let is_second_half = self.request.first.is_some();
        let live = held.map_or(!is_second_half, |held| {
            matches!(judge(&held.record, &held.presented, now, &self.rules), Judgement::Live(_))
        });
        if live { self.attempt(now) } else { self.held_has_ended(now) }
    }

    fn resume(&mut self, answer: Answer, now: Timestamp) -> Step<Self::Outcome> {
        match answer {
            Answer::Inserted(SubjectInserted::Done { evicted }) => self.done(evicted),
            Answer::Inserted(SubjectInserted::Gone) | Answer::Loaded(None) => self.held_has_ended(now),
            Answer::Inserted(SubjectInserted::Lost) => self.lost(),
            Answer::Inserted(SubjectInserted::Full) => Step::Done(SignInOutcome::Full),
            Answer::Inserted(SubjectInserted::Fenced) => Step::Done(SignInOutcome::Gone),
            Answer::Loaded(Some(loaded)) | Answer::Near(loaded) => self.reload(&loaded, now),
            Answer::Swapped(_) | Answer::Touched(_) | Answer::Revoked(_) => {
                unreachable!("a sign-in inserts and loads")
            }
        }
    }
}
