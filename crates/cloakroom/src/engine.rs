//! Carries the state machine's questions to the store, and its answers back.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::cookie::CookiePolicy;
use cloakroom_core::machine::{Answer, Call, Held, Operation, Rules, Step};
use cloakroom_core::store::{
    Cap, ErrorKind, Insert, Inserted, Loaded, Reading, StoreError, SubjectInsert, SubjectInserted,
};
use cloakroom_core::{
    Authentication, Client, Clock, Entropy, FreshSecret, Method, Proof, SessionId, Subject, Timestamp,
    minutes,
};

use crate::assurance::Profile;
use crate::client::Binding;
use crate::doomed::{Doom, Doomed};
use crate::erased::{AnyIndex, AnyStore, Boxed};
use crate::error::Error;
use crate::event::{EventKind, EventSink, SecurityEvent, TracingSink};
use crate::moving::MovingIn;
use crate::recent::{SeenChanges, SeenIds, Superseded};
use crate::remember::Remembering;
use crate::sealed::Sealing;
use crate::system::{OsEntropy, SystemClock};
use crate::turns::Turns;

/// What a use of a token does that was renewed away long ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReusePolicy {
    /// It is refused and reported.
    Log,
    /// It is refused and reported, and the session ends: either of the two that used it may be the thief. The default.
    #[default]
    Revoke,
}

/// Everything that requests share.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) store: Arc<dyn AnyStore>,
    pub(crate) index: Option<Arc<dyn AnyIndex>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) events: Option<Arc<dyn EventSink>>,
    pub(crate) rules: Rules,
    pub(crate) cookie: CookiePolicy,
    pub(crate) cap: Option<Cap>,
    pub(crate) reuse: ReusePolicy,
    pub(crate) reauthentication_window: Duration,
    pub(crate) store_timeout: Duration,
    pub(crate) client_recording: ClientRecording,
    /// What all sessions are held to.
    pub(crate) profile: Option<Profile>,
    /// What sessions are bound to, if to anything.
    pub(crate) binding: Option<Arc<Bound>>,
    pub(crate) doomed: Arc<Doomed>,
    pub(crate) superseded: Arc<Superseded>,
    /// Whether the store answers from copies that may be behind.
    pub(crate) has_copies: bool,
    /// Sealed sessions instead of stored ones; the store keeps their marks.
    pub(crate) sealing: Option<Arc<Sealing>>,
    /// Users of another system who move in.
    pub(crate) moving: Option<MovingIn>,
    /// Browsers that are remembered across sessions.
    pub(crate) remember: Option<Arc<Remembering>>,
    turns: Arc<Turns>,
    expired_seen: Arc<SeenIds>,
}

/// What is written down of where a session was begun from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ClientRecording {
    #[default]
    Nothing,
    AddressAndAgent,
}

impl ClientRecording {
    /// The most octets of a `User-Agent` and a fingerprint that are written down.
    pub(crate) const fn texts_len_max(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::AddressAndAgent => Client::AGENT_LEN_MAX + Client::FINGERPRINT_LEN_MAX,
        }
    }
}

/// What sessions are bound to, and which changes have been reported.
pub(crate) struct Bound {
    pub(crate) binding: Binding,
    pub(crate) reported: SeenChanges,
}

impl Bound {
    pub(crate) fn new(binding: Binding) -> Self {
        Self { binding, reported: SeenChanges::default() }
    }
}

impl Engine {
    pub(crate) fn new(store: Arc<dyn AnyStore>, index: Option<Arc<dyn AnyIndex>>) -> Self {
        Self {
            has_copies: !store.staleness().is_zero(),
            store,
            index,
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(OsEntropy),
            events: None,
            rules: Rules::default(),
            cookie: CookiePolicy::host("sid").into(),
            cap: None,
            reuse: ReusePolicy::default(),
            reauthentication_window: minutes(5),
            store_timeout: Duration::from_secs(2),
            client_recording: ClientRecording::default(),
            profile: None,
            binding: None,
            doomed: Arc::default(),
            superseded: Arc::default(),
            sealing: None,
            moving: None,
            remember: None,
            turns: Arc::default(),
            expired_seen: Arc::default(),
        }
    }

    /// Refuses a session from now on whose sign-out the store could not take, by whoever is known to hold its token.
    pub(crate) fn doom(&self, held: &Held) {
        self.doomed.add(held.id, Doom::proved(held.presented, self.rules.audience));
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn fresh_id(&self) -> Result<SessionId, Error> {
        let mut octets = [0; SessionId::LEN];
        self.entropy.fill(&mut octets)?;
        Ok(SessionId::from_octets(octets))
    }

    /// A fresh ID where the store wants the sessions of this subject.
    pub(crate) fn fresh_id_of(&self, subject: &Subject) -> Result<SessionId, Error> {
        Ok(self.store.place(self.fresh_id()?, subject))
    }

    pub(crate) fn fresh_secret(&self) -> Result<FreshSecret, Error> {
        let mut octets = [0; 32];
        self.entropy.fill(&mut octets)?;
        Ok(FreshSecret::from_entropy(octets))
    }

    /// Sees an operation through. A request that lost a swap waits for its turn before it tries again, so that many
    /// requests on one session each get through instead of all losing to each other.
    pub(crate) async fn drive<O: Operation>(&self, operation: &mut O) -> Result<O::Outcome, Error> {
        let mut turn = None;
        let mut asked_before = false;
        let mut step = operation.begin(self.now());
        loop {
            match step {
                Step::Done(outcome) => return Ok(outcome),
                Step::Ask(call) => {
                    if let (Call::Reload(id), true, None) = (&call, asked_before, &turn) {
                        turn = Some(self.turns.wait(*id).await);
                    }
                    asked_before = true;
                    let answer = self.ask(call).await?;
                    step = operation.resume(answer, self.now());
                }
            }
        }
    }

    /// Begins an operation, and gives it its first answer if the store can answer without waiting.
    pub(crate) fn drive_now<O: Operation>(
        &self,
        operation: &mut O,
        now: Timestamp,
    ) -> Result<Step<O::Outcome>, Error> {
        match operation.begin(now) {
            Step::Ask(Call::Load(id)) => match self.store.load_now(id) {
                Some(Ok(loaded)) => Ok(operation.resume(self.loaded(loaded), now)),
                Some(Err(error)) => Err(self.failed(error)),
                None => Ok(Step::Ask(Call::Load(id))),
            },
            step => Ok(step),
        }
    }

    /// Goes on with an operation that has asked already.
    pub(crate) async fn drive_on<O: Operation>(
        &self,
        operation: &mut O,
        mut step: Step<O::Outcome>,
    ) -> Result<O::Outcome, Error> {
        loop {
            match step {
                Step::Done(outcome) => return Ok(outcome),
                Step::Ask(call) => {
                    let answer = self.ask(call).await?;
                    step = operation.resume(answer, self.now());
                }
            }
        }
    }

    pub(crate) async fn ask(&self, call: Call) -> Result<Answer, Error> {
        Ok(match call {
            Call::Reload(id) if self.has_copies => {
                Answer::Loaded(self.in_time("load", self.store.load_fresh(id)).await?)
            }
            Call::Load(id) | Call::Reload(id) => self.load(id).await?,
            Call::Insert { id, row, replaces, index } => {
                let insert = Insert { id, row: &row, replaces };
                Answer::Inserted(match (&self.index, index) {
                    (Some(store), Some(terms)) => {
                        let now = self.now();
                        let insert = SubjectInsert { insert, fence: terms.fence, cap: terms.cap, now };
                        self.in_time("insert", store.insert_for_subject(insert)).await?
                    }
                    _ => match self.in_time("insert", self.store.insert(insert)).await? {
                        Inserted::Done => SubjectInserted::Done { evicted: Vec::new() },
                        Inserted::Lost => SubjectInserted::Lost,
                        Inserted::Gone => SubjectInserted::Gone,
                    },
                })
            }
            Call::Replace { id, seen, row } => {
                Answer::Swapped(self.in_time("replace", self.store.replace(id, seen, &row)).await?)
            }
            Call::Touch { id, touch } => {
                Answer::Touched(self.in_time("touch", self.store.touch(id, touch)).await?)
            }
            Call::Revoke(id) => Answer::Revoked(self.in_time("revoke", self.store.revoke(id)).await?),
        })
    }

    async fn load(&self, id: SessionId) -> Result<Answer, Error> {
        if let Some(loaded) = self.store.load_now(id) {
            return Ok(self.loaded(loaded.map_err(|error| self.failed(error))?));
        }
        Ok(match self.in_time("load", self.store.read(id)).await? {
            Reading::Fresh(loaded) | Reading::Copied(loaded @ None) => Answer::Loaded(loaded),
            Reading::Copied(Some(loaded)) => Answer::Near(loaded),
        })
    }

    /// What a store has answered without waiting.
    fn loaded(&self, loaded: Option<Loaded>) -> Answer {
        match loaded {
            Some(loaded) if self.has_copies => Answer::Near(loaded),
            loaded => Answer::Loaded(loaded),
        }
    }

    /// Waits for the store, but not for ever: a store that hangs is a store that is down.
    pub(crate) async fn in_time<T>(&self, operation: &'static str, answer: Boxed<'_, T>) -> Result<T, Error> {
        self.within(self.store_timeout, operation, answer).await
    }

    /// Waits longer than a request may: nobody waits for upkeep, and whoever ends everybody's sessions had better be told that they have ended.
    pub(crate) async fn upkeep<T>(&self, operation: &'static str, answer: Boxed<'_, T>) -> Result<T, Error> {
        self.within(minutes(1).max(self.store_timeout), operation, answer).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        operation: &'static str,
        answer: Boxed<'_, T>,
    ) -> Result<T, Error> {
        let answer = match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(StoreError::new(ErrorKind::TimedOut, self.store.name(), operation)),
        };
        answer.map_err(|error| self.failed(error))
    }

    /// Lets nobody move in as this subject any more, or nobody at all.
    pub(crate) async fn end_moving_for(&self, subject: Option<&Subject>) -> Result<(), Error> {
        match &self.moving {
            Some(moving) => moving.end_for(self, subject).await,
            None => Ok(()),
        }
    }

    pub(crate) fn failed(&self, error: StoreError) -> Error {
        tracing::error!(target: "cloakroom", error = &error as &dyn std::error::Error, "the session store failed");
        self.report(&self.event(EventKind::StoreFailed).because(error.operation()));
        Error::Store(error)
    }

    /// The cookie by which browsers are remembered here; there is none at an audience's origin.
    pub(crate) fn series_cookie(&self) -> Option<&CookiePolicy> {
        let remembering = self.remember.as_ref().filter(|_| self.rules.audience.is_none());
        remembering.map(|remembering| &remembering.cookie)
    }

    /// Whether sessions begin and get their tokens here, and not at another origin.
    pub(crate) const fn check_is_sign_in(&self) -> Result<(), Error> {
        if self.rules.audience.is_some() { Err(Error::NotTheSignIn) } else { Ok(()) }
    }

    /// Whether the profile lets a user sign in by this method, after a first factor if there was one.
    pub(crate) fn check_sign_in(
        &self,
        subject: &Subject,
        method: Method,
        first: Option<Proof>,
    ) -> Result<(), Error> {
        let Some(profile) = self.profile else { return Ok(()) };
        let authentication = Authentication::new(subject.clone(), method, self.now());
        let authentication = match first {
            Some(first) => authentication.after(first),
            None => authentication,
        };
        if profile.accepts_sign_in(&authentication) { Ok(()) } else { Err(Error::TwoFactorsRequired) }
    }

    pub(crate) fn event(&self, kind: EventKind) -> SecurityEvent {
        SecurityEvent::new(kind, self.now())
    }

    pub(crate) fn report(&self, event: &SecurityEvent) {
        TracingSink.record(event);
        if let Some(sink) = &self.events {
            sink.record(event);
        }
    }

    /// Reports an expired session, but not again and again for a browser tab that goes on asking.
    pub(crate) fn report_expired(&self, id: SessionId, subject: Option<&Subject>, reason: &'static str) {
        if self.expired_seen.is_new(id) {
            self.report(&self.event(EventKind::Expired).of(id).by(subject).because(reason));
        }
    }
}
