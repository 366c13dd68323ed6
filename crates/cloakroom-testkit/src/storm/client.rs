//! One caller of a storm, and how it asks.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloakroom_core::store::{
    Cap, CapPolicy, ErrorKind, Insert, Loaded, Seen, Store, StoreError, SubjectIndex, SubjectInsert,
    SubjectInserted, Touch,
};
use cloakroom_core::{SessionId, Subject};
use tokio::time::{Instant, sleep, timeout};

use super::event::{Call, Event, Mark, Moment, NewSession, Outcome, START, Sighting, Terms, mark_of, row};
use crate::entropy::Seeded;

/// How long a session lives that nobody touches.
const LIFE: Duration = Duration::from_hours(1);

/// Who signs in.
const SUBJECTS: [&str; 4] = ["any-number", "at-most-three", "evicting", "evicting-too"];

/// How long a caller waits that got no answer while there is trouble.
const AFTER_A_FAILURE: Duration = Duration::from_millis(10);

/// How often a question is asked again when the trouble is over, and the longest wait between: a minute in all.
const TRIES_MAX: u64 = 600;
const TRY_AGAIN_MAX: Duration = Duration::from_millis(100);

/// What all callers of a storm share.
pub(super) struct Shared {
    moments: AtomicU64,
    marks: AtomicU64,
    /// Sessions that are worth asking for: a few, so that callers meet.
    known: Mutex<Vec<(SessionId, Option<Subject>)>>,
    /// Those that have made room for them: what has ended may come back.
    past: Mutex<VecDeque<SessionId>>,
    pub(super) patience: Duration,
    id_seed: u64,
    /// Whether the trouble that goes with the storm is over.
    is_calm: AtomicBool,
}

const KNOWN_MAX: usize = 10;
const PAST_MAX: usize = 100;

impl Shared {
    pub(super) fn new(seed: u64, patience: Duration) -> Self {
        Self {
            moments: AtomicU64::new(0),
            marks: AtomicU64::new(1),
            known: Mutex::default(),
            past: Mutex::default(),
            patience,
            id_seed: seed,
            is_calm: AtomicBool::new(false),
        }
    }

    /// The trouble is over.
    pub(super) fn calm(&self) {
        self.is_calm.store(true, Ordering::SeqCst);
    }

    fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::SeqCst)
    }

    fn moment(&self) -> Moment {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    fn mark(&self) -> Mark {
        Mark(self.marks.fetch_add(1, Ordering::SeqCst))
    }

    fn known(&self, dice: &Seeded) -> Option<(SessionId, Option<Subject>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(usize::try_from(dice.below(known.len() as u64)).unwrap_or_default()).cloned()
    }

    fn past(&self, dice: &Seeded) -> Option<SessionId> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.get(usize::try_from(dice.below(past.len() as u64)).unwrap_or_default()).copied()
    }

    fn remember(&self, id: SessionId, subject: Option<Subject>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == KNOWN_MAX {
            let (old, _) = known.remove(0);
            let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
            past.push_back(old);
            if past.len() > PAST_MAX {
                past.pop_front();
            }
        }
        known.push((id, subject));
    }
}

/// Somewhere to ask.
pub(super) trait Node: Send + Sync + 'static {
    /// Whether it finds sessions by subject.
    const IS_INDEXED: bool;

    fn perform(&self, call: &Call) -> impl Future<Output = Result<Outcome, StoreError>> + Send;
    fn place(&self, id: SessionId, subject: &Subject) -> SessionId;
}

/// A store without an index, or whose index is left alone.
pub(super) struct Plain<S>(pub(super) Arc<S>);

/// A store with an index.
pub(super) struct Indexed<S>(pub(super) Arc<S>);

impl<S: Store> Node for Plain<S> {
    const IS_INDEXED: bool = false;

    async fn perform(&self, call: &Call) -> Result<Outcome, StoreError> {
        perform(&*self.0, call).await
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.0.place(id, subject)
    }
}

impl<S: SubjectIndex> Node for Indexed<S> {
    const IS_INDEXED: bool = true;

    async fn perform(&self, call: &Call) -> Result<Outcome, StoreError> {
        let store = &*self.0;
        Ok(match call {
            Call::SignIn(new, terms) => {
                let row = row(new.mark, new.subject.clone(), START, START.after(LIFE));
                let insert = Insert { id: new.id, row: &row, replaces: seen(new.replaces) };
                let insert = SubjectInsert { insert, fence: terms.fence, cap: terms.cap, now: START };
                match store.insert_for_subject(insert).await? {
                    SubjectInserted::Done { evicted } => Outcome::SignedIn { evicted },
                    SubjectInserted::Lost => Outcome::Inserted(cloakroom_core::store::Inserted::Lost),
                    SubjectInserted::Gone => Outcome::Inserted(cloakroom_core::store::Inserted::Gone),
                    SubjectInserted::Full => Outcome::Full,
                    SubjectInserted::Fenced => Outcome::Fenced,
                }
            }
            Call::Fence(subject) => Outcome::FenceTaken(store.fence(subject).await?),
            Call::List(subject) => {
                let rows = store.list(subject).await?.into_iter();
                let rows = rows.map(|(id, loaded)| Ok((id, loaded.row.subject.clone(), sighting(&loaded)?)));
                rows.collect::<Result<_, _>>().map_or_else(Outcome::Garbage, Outcome::Listed)
            }
            Call::RevokeSubject(subject, spare) => {
                Outcome::Ended(store.revoke_subject(subject, *spare).await?)
            }
            Call::RevokeEveryone => Outcome::EndedEveryone(store.revoke_everyone().await?),
            call => perform(store, call).await?,
        })
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.0.place(id, subject)
    }
}

async fn perform<S: Store>(store: &S, call: &Call) -> Result<Outcome, StoreError> {
    Ok(match call {
        Call::Load(id) => loaded(store.load(*id).await?.as_ref()),
        Call::LoadNow(id) => {
            let answer = match store.load_now(*id) {
                Some(answer) => answer?,
                None => store.load(*id).await?,
            };
            loaded(answer.as_ref())
        }
        Call::Insert(new) => {
            let row = row(new.mark, new.subject.clone(), START, START.after(LIFE));
            let insert = Insert { id: new.id, row: &row, replaces: seen(new.replaces) };
            Outcome::Inserted(store.insert(insert).await?)
        }
        Call::Replace { id, subject, mark, base } => {
            let row = row(*mark, subject.clone(), base.last_seen_at, base.expires_at);
            Outcome::Swapped(store.replace(*id, base.version, &row).await?)
        }
        Call::Touch(id, touch) => Outcome::Touched(store.touch(*id, *touch).await?),
        Call::Revoke(id) => Outcome::Revoked(store.revoke(*id).await?),
        // Everything lives longer than that.
        Call::Purge => Outcome::Purged(store.purge(START, 100).await?),
        call => unreachable!("{call:?} is asked of an index only"),
    })
}

fn loaded(loaded: Option<&Loaded>) -> Outcome {
    match loaded.map(sighting).transpose() {
        Ok(seen) => Outcome::Loaded(seen),
        Err(garbage) => Outcome::Garbage(garbage),
    }
}

fn sighting(loaded: &Loaded) -> Result<Sighting, String> {
    let Loaded { row, version } = loaded;
    let mark = mark_of(row).ok_or_else(|| format!("{row:?}"))?;
    Ok(Sighting { mark, version: *version, last_seen_at: row.last_seen_at, expires_at: row.expires_at })
}

fn seen(replaces: Option<(SessionId, Sighting)>) -> Option<Seen> {
    replaces.map(|(id, sighting)| Seen { id, version: sighting.version })
}

/// One caller.
pub(super) struct Client<N> {
    pub(super) number: usize,
    pub(super) nodes: Arc<[N]>,
    pub(super) shared: Arc<Shared>,
    pub(super) dice: Seeded,
    pub(super) events: Vec<Event>,
}

impl<N: Node> Client<N> {
    /// Asks so many questions, or more where one leads to another or the trouble takes longer.
    pub(super) async fn run(mut self, calls: usize) -> Vec<Event> {
        while self.events.len() < calls || !self.shared.is_calm() {
            let before = self.events.len();
            self.step().await;
            let has_failed = self.events[before..].iter().any(|event| event.outcome.is_unknown());
            if has_failed && !self.shared.is_calm() {
                // Servers that are gone refuse a thousand calls in the time in which they answer one.
                sleep(AFTER_A_FAILURE).await;
            }
        }
        self.events
    }

    /// Asks after each of these sessions, and for the list of each subject, until there is an answer.
    ///
    /// # Errors
    /// The question that was never answered.
    pub(super) async fn call_the_roll(mut self, ids: Vec<SessionId>) -> Result<Vec<Event>, Event> {
        let mut calls: Vec<Call> = ids.into_iter().map(Call::Load).collect();
        if N::IS_INDEXED {
            calls.extend(SUBJECTS.map(|name| Call::List(subject(name))));
        }
        for call in calls {
            let mut tries = 0;
            while self.ask(call.clone()).await.is_unknown() {
                tries += 1;
                if tries == TRIES_MAX {
                    return Err(self.events.pop().expect("it was noted just now"));
                }
                sleep(Duration::from_millis(tries).min(TRY_AGAIN_MAX)).await;
            }
        }
        Ok(self.events)
    }

    async fn step(&mut self) {
        let known = self.shared.known(&self.dice);
        let Some((id, subject)) = known else { return self.begin(None).await };
        match self.dice.below(100) {
            0..14 => self.begin(None).await,
            14..22 => self.begin(Some(id)).await,
            22..32 => drop(self.look(id).await),
            32..36 => drop(self.look_back().await),
            36..62 => self.write(id, subject).await,
            62..76 => self.touch(id).await,
            76..84 => drop(self.ask(Call::Revoke(id)).await),
            84 => drop(self.ask(Call::Purge).await),
            _ if !N::IS_INDEXED => drop(self.look(id).await),
            85..91 => {
                let subject = self.any_subject();
                self.ask(Call::List(subject)).await;
            }
            91..99 => {
                let named = subject.clone().unwrap_or_else(|| self.any_subject());
                let spare = (self.dice.below(2) == 0 && subject.is_some()).then_some(id);
                self.ask(Call::RevokeSubject(named, spare)).await;
            }
            // Seldom, since it takes away what should not have been there any more.
            _ if self.dice.below(10) == 0 => drop(self.ask(Call::RevokeEveryone).await),
            _ => drop(self.look_back().await),
        }
    }

    /// Asks and notes.
    async fn ask(&mut self, call: Call) -> Outcome {
        let node = usize::try_from(self.dice.below(self.nodes.len() as u64)).unwrap_or_default();
        // So that others come between two calls also where the store answers at once.
        for _ in 0..self.dice.below(4) {
            tokio::task::yield_now().await;
        }
        let asked_at = Instant::now();
        let began = self.shared.moment();
        let began_at = Instant::now();
        let outcome = match timeout(self.shared.patience, self.nodes[node].perform(&call)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) if error.kind() == ErrorKind::Duplicate => Outcome::Duplicate,
            Ok(Err(error)) => Outcome::Unknown(error.to_string()),
            Err(_) => Outcome::Unknown("no answer in time".to_owned()),
        };
        let ended = self.shared.moment();
        let outcome_for_caller = outcome.clone();
        self.events.push(Event { client: self.number, began, ended, asked_at, began_at, call, outcome });
        outcome_for_caller
    }

    async fn look(&mut self, id: SessionId) -> Option<Sighting> {
        let call = if self.dice.below(3) == 0 { Call::LoadNow(id) } else { Call::Load(id) };
        match self.ask(call).await {
            Outcome::Loaded(seen) => seen,
            _ => None,
        }
    }

    /// Looks for a session that nobody has asked for in a while.
    async fn look_back(&mut self) -> Option<Sighting> {
        let id = self.shared.past(&self.dice)?;
        self.look(id).await
    }

    async fn write(&mut self, id: SessionId, subject: Option<Subject>) {
        let Some(base) = self.look(id).await else { return };
        let mark = self.shared.mark();
        self.ask(Call::Replace { id, subject, mark, base }).await;
    }

    async fn touch(&mut self, id: SessionId) {
        let later = Duration::from_millis(1 + self.dice.below(100_000));
        let sooner = Duration::from_millis(1 + self.dice.below(100_000));
        let touch = Touch { last_seen_at: START.after(later), expires_at: START.after(LIFE).after(sooner) };
        self.ask(Call::Touch(id, touch)).await;
    }

    /// Begins a session, alone or in place of another.
    async fn begin(&mut self, old: Option<SessionId>) {
        let replaces = match old {
            None => None,
            Some(old) => match self.look(old).await {
                Some(seen) => Some((old, seen)),
                None => return,
            },
        };
        let mark = self.shared.mark();
        let id = SessionId::from_octets(Seeded::new(self.shared.id_seed ^ mark.0.rotate_left(32)).octets());
        let subject = (self.dice.below(4) > 0).then(|| self.any_subject());
        let id = subject.as_ref().map_or(id, |subject| self.nodes[0].place(id, subject));
        let new = NewSession { id, subject: subject.clone(), mark, replaces };
        let call = match subject.clone() {
            Some(subject) if N::IS_INDEXED => {
                let Outcome::FenceTaken(fence) = self.ask(Call::Fence(subject.clone())).await else { return };
                let taken = self.events.last().expect("it was noted just now");
                let (fence_began, fence_ended) = (taken.began, taken.ended);
                Call::SignIn(new, Terms { fence, fence_began, fence_ended, cap: cap_of(&subject) })
            }
            _ => Call::Insert(new),
        };
        // Before it is there: so that others ask for it while it comes.
        self.shared.remember(id, subject);
        self.ask(call).await;
    }

    fn any_subject(&self) -> Subject {
        subject(SUBJECTS[usize::try_from(self.dice.below(SUBJECTS.len() as u64)).unwrap_or_default()])
    }
}

fn subject(name: &str) -> Subject {
    Subject::new(name).expect("a name")
}

/// Each subject has one cap throughout, so that there is one number to hold it against.
fn cap_of(subject: &Subject) -> Option<Cap> {
    let policy = match subject.as_str() {
        "at-most-three" => CapPolicy::RefuseNew,
        "evicting" | "evicting-too" => CapPolicy::EvictOldest,
        _ => return None,
    };
    NonZeroUsize::new(3).map(|sessions_max| Cap { sessions_max, policy })
}
