//! Every interleaving of three requests on one session, with the real operations on a model store.
//!
//! A step is one question to the store, so any request may act between any two questions of another. After each step the invariants are checked: no token that existed before a sign-in or a reauthentication
//! names an authenticated session after it (2), nothing that was revoked is ever in the store again (3), and nothing but
//! a reauthentication moves the absolute limit (5). A store with a fault must be caught, or the search proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::ids::{SessionId, Subject};
use crate::lifetime::{Lifetime, Renewal};
use crate::record::{KeptAtSignIn, Method, Record, SlotTooLarge, Slots};
use crate::store::{Fence, Loaded, Revoked, Row, SubjectInserted, Swap, Touched, Version};
use crate::time::{Timestamp, hours, minutes, seconds};
use crate::token::{FreshSecret, SecretDigest, Token};

mod browser;

const SESSION: SessionId = SessionId::from_octets([0xaa; 16]);
const START: Timestamp = Timestamp::from_millis(1_000_000_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Read,
    Write,
    SignIn,
    Renew,
    Reauthenticate,
    SignOut,
    RevokeSubject,
    Expire,
}

const ACTIONS: [Action; 8] = [
    Action::Read,
    Action::Write,
    Action::SignIn,
    Action::Renew,
    Action::Reauthenticate,
    Action::SignOut,
    Action::RevokeSubject,
    Action::Expire,
];

/// What the store gets wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    ReplaceCreates,
    ReplaceIgnoresVersion,
    TouchCreates,
    FenceIgnored,
}

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

fn rules() -> Rules {
    let lifetime = Lifetime::try_new(minutes(30), hours(12), minutes(1)).unwrap();
    Rules { lifetime, renewal: Renewal::on_demand() }
}

fn secret(octet: u8) -> FreshSecret {
    FreshSecret::from_entropy([octet; 32])
}

fn token(octet: u8) -> Token {
    Token::parse(secret(octet).into_text(SESSION).expose()).unwrap()
}

#[derive(Clone)]
struct SetSlot;

impl Edits for SetSlot {
    type Error = SlotTooLarge;

    fn is_empty(&self) -> bool {
        false
    }

    fn apply(&mut self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        slots.set("a", b"1", KeptAtSignIn::No)
    }
}

/// The contract of a store, in its plainest form, and what has been promised so far.
#[derive(Clone)]
struct World {
    rows: BTreeMap<SessionId, (Row, Version)>,
    last_seen_row: BTreeMap<SessionId, Row>,
    revocations: u64,
    now: Timestamp,
    fault: Fault,
    ended: BTreeSet<SessionId>,
    minted: Vec<(SessionId, SecretDigest)>,
    dead: Vec<(SessionId, SecretDigest)>,
    reauthentications: u32,
    limit_moved: bool,
}

impl World {
    fn answer(&mut self, call: Call, by: Action) -> Answer {
        match call {
            Call::Load(id) => {
                let loaded = self.rows.get(&id).cloned();
                Answer::Loaded(loaded.map(|(row, version)| Loaded { row, version }))
            }
            Call::Insert { id, row, replaces, index } => {
                let index = index.expect("the model has an index");
                if index.fence.number() < self.revocations && self.fault != Fault::FenceIgnored {
                    return Answer::Inserted(SubjectInserted::Fenced);
                }
                if let Some(seen) = replaces {
                    match self.rows.get(&seen.id) {
                        None => return Answer::Inserted(SubjectInserted::Gone),
                        Some((_, version)) if *version != seen.version => {
                            return Answer::Inserted(SubjectInserted::Lost);
                        }
                        Some(_) => self.end(seen.id),
                    }
                }
                self.put(id, row, Version::FIRST);
                Answer::Inserted(SubjectInserted::Done { evicted: Vec::new() })
            }
            Call::Replace { id, seen, row } => Answer::Swapped(self.replace(id, seen, row, by)),
            Call::Touch { id, touch } => Answer::Touched(match self.rows.get_mut(&id) {
                Some((row, _)) => {
                    row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
                    row.expires_at = row.expires_at.max(touch.expires_at);
                    Touched::Done
                }
                None if self.fault == Fault::TouchCreates && self.last_seen_row.contains_key(&id) => {
                    self.put(id, self.last_seen_row[&id].clone(), Version::FIRST);
                    Touched::Done
                }
                None => Touched::Gone,
            }),
            Call::Revoke(id) => Answer::Revoked(if self.rows.contains_key(&id) {
                self.end(id);
                Revoked::Done
            } else {
                Revoked::Absent
            }),
        }
    }

    fn replace(&mut self, id: SessionId, seen: Version, mut row: Row, by: Action) -> Swap {
        let version = match self.rows.get(&id) {
            None if self.fault == Fault::ReplaceCreates => Version::FIRST,
            None => return Swap::Gone,
            Some((_, version)) if *version != seen && self.fault != Fault::ReplaceIgnoresVersion => {
                return Swap::Lost;
            }
            Some((old, version)) => {
                row.last_seen_at = row.last_seen_at.max(old.last_seen_at);
                row.expires_at = row.expires_at.max(old.expires_at);
                let proven = |row| Record::from_row(row).unwrap().proven_at();
                self.limit_moved |= proven(old) != proven(&row) && by != Action::Reauthenticate;
                version.next()
            }
        };
        self.put(id, row, version);
        Swap::Done(version)
    }

    fn put(&mut self, id: SessionId, row: Row, version: Version) {
        self.last_seen_row.insert(id, row.clone());
        self.rows.insert(id, (row, version));
    }

    fn end(&mut self, id: SessionId) {
        self.rows.remove(&id);
        self.ended.insert(id);
    }

    fn revoke_subject(&mut self) {
        self.revocations += 1;
        let ids: Vec<_> = self.rows.keys().copied().collect();
        for id in ids {
            self.end(id);
        }
    }

    fn judged(&self, id: SessionId, digest: &SecretDigest) -> Option<Judgement> {
        let (row, _) = self.rows.get(&id)?;
        Some(judge(&Record::from_row(row).unwrap(), digest, self.now, &rules()))
    }

    fn violation(&self) -> Option<String> {
        if let Some(id) = self.rows.keys().find(|id| self.ended.contains(id)) {
            return Some(format!("invariant 3: {id} is back"));
        }
        for (id, digest) in &self.dead {
            if let Some(Judgement::Live(standing)) = self.judged(*id, digest) {
                return Some(format!("invariant 2: a token from before is {standing:?}"));
            }
        }
        if self.limit_moved {
            return Some(
                "invariant 5: something else than a reauthentication moved the absolute limit".into(),
            );
        }
        for (row, _) in self.rows.values() {
            let record = Record::from_row(row).unwrap();
            if row.expires_at > rules().lifetime.absolute_end(record.proven_at()) {
                return Some("invariant 5: a row outlives the absolute limit".into());
            }
        }
        None
    }
}

#[derive(Clone)]
enum Phase {
    Admitting(Admit, Call),
    InHandler(Option<Held>),
    Acting(Act, Call),
    Done,
}

#[derive(Clone)]
enum Act {
    Write(Commit<SetSlot>),
    Token(Commit<NoEdits>),
    SignIn(SignIn<NoEdits>),
}

/// What an act has come to, as far as the invariants care.
enum Outcome {
    TokenGiven(SecretDigest),
    Other,
}

#[derive(Clone)]
struct Request {
    action: Action,
    digest: SecretDigest,
    phase: Phase,
    admitted_after_reauthentications: u32,
    fence: Fence,
    from_nothing: bool,
    new_id: SessionId,
}

impl Request {
    fn new(number: u8, action: Action, beginning: Beginning) -> Self {
        let presented = &beginning.presented(number);
        let rules = rules();
        let from_nothing = action == Action::SignIn && beginning == Beginning::SignInFromNothing;
        let phase = match action {
            Action::RevokeSubject | Action::Expire => Phase::InHandler(None),
            Action::SignIn if from_nothing => Phase::InHandler(None),
            _ => {
                let mut admit = Admit::new(presented, rules);
                let load = asked(admit.begin(START)).expect("the first call is a load");
                Phase::Admitting(admit, load)
            }
        };
        let digest = secret(100 + number).digest();
        let new_id = SessionId::from_octets([number; 16]);
        Self {
            action,
            digest,
            phase,
            admitted_after_reauthentications: 0,
            fence: Fence::from_number(0),
            from_nothing,
            new_id,
        }
    }

    /// One step. `Err` when an outcome breaks an invariant by itself.
    fn step(&mut self, number: u8, world: &mut World) -> Result<(), String> {
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Admitting(mut admit, call) => {
                let answer = world.answer(call, Action::Read);
                match admit.resume(answer, world.now) {
                    Step::Ask(call) => self.phase = Phase::Admitting(admit, call),
                    Step::Done(Admitted::Live(held)) => {
                        self.admitted_after_reauthentications = world.reauthentications;
                        self.fence = Fence::from_number(world.revocations);
                        if self.action != Action::Read {
                            self.phase = Phase::InHandler(Some(held));
                        }
                    }
                    Step::Done(_) => {}
                }
                Ok(())
            }
            Phase::InHandler(held) => self.act(number, held, world),
            Phase::Acting(act, call) => {
                let answer = world.answer(call, self.action);
                self.carry_on(act, answer, world)
            }
            Phase::Done => Ok(()),
        }
    }

    fn act(&mut self, number: u8, held: Option<Held>, world: &mut World) -> Result<(), String> {
        let now = world.now;
        let (act, step) = match (self.action, held) {
            (Action::Expire, _) => {
                world.now = now.after(minutes(31));
                return Ok(());
            }
            (Action::RevokeSubject, _) => {
                world.revoke_subject();
                return Ok(());
            }
            (Action::SignOut, Some(held)) => {
                let _ = world.answer(Call::Revoke(held.id), Action::SignOut);
                return Ok(());
            }
            (Action::Write, Some(held)) => {
                let mut commit = Commit::new(held, SetSlot, TokenChange::Keep, rules());
                let step = commit.begin(now);
                (Act::Write(commit), asked(step))
            }
            (Action::Renew | Action::Reauthenticate, Some(held)) => {
                let change = match self.action {
                    Action::Renew => TokenChange::Renew(self.digest),
                    _ => TokenChange::Replace(self.digest, Some(Method::Password)),
                };
                let mut commit = Commit::new(held, NoEdits, change, rules());
                let step = commit.begin(now);
                (Act::Token(commit), asked(step))
            }
            (Action::SignIn, held) => {
                let request =
                    SignInRequest::new(alice(), Method::Password, self.new_id, &secret(100 + number))
                        .with_index(IndexTerms { fence: self.fence, cap: None });
                let mut sign_in = SignIn::new(held, NoEdits, request, rules());
                let step = sign_in.begin(now);
                (Act::SignIn(sign_in), asked(step))
            }
            _ => return Ok(()),
        };
        // What a handler decides is its own: it meets the others only in the store.
        match step {
            Some(call) => {
                let answer = world.answer(call, self.action);
                self.carry_on(act, answer, world)
            }
            None => Ok(()),
        }
    }

    fn carry_on(&mut self, mut act: Act, answer: Answer, world: &mut World) -> Result<(), String> {
        let outcome = match &mut act {
            Act::Write(commit) => match commit.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(_) => Ok(Outcome::Other),
            },
            Act::Token(commit) => match commit.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(Committed::Done { token_given: true, .. }) => Ok(Outcome::TokenGiven(self.digest)),
                Step::Done(_) => Ok(Outcome::Other),
            },
            Act::SignIn(sign_in) => match sign_in.resume(answer, world.now) {
                Step::Ask(call) => Err(call),
                Step::Done(SignInOutcome::Done { .. }) => Ok(Outcome::TokenGiven(self.digest)),
                Step::Done(_) => Ok(Outcome::Other),
            },
        };
        match outcome {
            Err(call) => self.phase = Phase::Acting(act, call),
            Ok(Outcome::Other) => {}
            Ok(Outcome::TokenGiven(digest)) => return self.token_given(digest, world),
        }
        Ok(())
    }

    fn token_given(&self, digest: SecretDigest, world: &mut World) -> Result<(), String> {
        if !self.from_nothing && self.admitted_after_reauthentications < world.reauthentications {
            return Err(format!(
                "{:?} began before a reauthentication and was given a token after it",
                self.action
            ));
        }
        if self.action == Action::SignIn && self.fence.number() < world.revocations {
            return Err("a sign-in that began before a revocation survived it".into());
        }
        if matches!(self.action, Action::SignIn | Action::Reauthenticate) && !self.from_nothing {
            let of_this_session = world.minted.extract_if(.., |(id, _)| *id == SESSION);
            world.dead.extend(of_this_session);
        }
        if self.action == Action::Reauthenticate {
            world.reauthentications += 1;
        }
        let id = if self.action == Action::SignIn { self.new_id } else { SESSION };
        world.minted.push((id, digest));
        Ok(())
    }

    const fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }
}

fn asked<T>(step: Step<T>) -> Option<Call> {
    match step {
        Step::Ask(call) => Some(call),
        Step::Done(_) => None,
    }
}

#[derive(Default)]
struct Search {
    orders: u64,
    violation: Option<String>,
}

impl Search {
    fn explore(&mut self, world: &World, requests: &[Request; 3]) {
        if self.violation.is_some() {
            return;
        }
        if requests.iter().all(Request::is_done) {
            self.orders += 1;
            self.violation = locked_out(world, requests);
            return;
        }
        for (index, number) in (0..3).zip(1..) {
            if requests[index].is_done() || self.violation.is_some() {
                continue;
            }
            let (mut world, mut requests) = (world.clone(), requests.clone());
            self.violation = requests[index].step(number, &mut world).err().or_else(|| world.violation());
            if let Some(what) = &self.violation {
                let actions = requests.each_ref().map(|request| request.action);
                self.violation = Some(format!("{what}, with {actions:?}"));
                return;
            }
            self.explore(&world, &requests);
        }
    }
}

/// A session that nothing ended has a token that its browser was given.
fn locked_out(world: &World, requests: &[Request; 3]) -> Option<String> {
    if requests.iter().any(|request| request.action == Action::Expire) {
        return None;
    }
    let works = |id: &SessionId| {
        let mut minted = world.minted.iter().filter(|(of, _)| of == id);
        minted.any(|(_, digest)| matches!(world.judged(*id, digest), Some(Judgement::Live(_))))
    };
    let locked_out = world.rows.keys().find(|id| !works(id))?;
    let actions = requests.each_ref().map(|request| request.action);
    Some(format!("nobody has a working token for {locked_out}, with {actions:?}"))
}

/// Where a search begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    /// Freshly signed in; all three requests present the one token.
    Fresh,
    /// So long ago that activity has to be written down.
    TouchIsDue,
    /// A renewal has been answered; the first request presents its token and the others the old one.
    RenewalIsPending,
    /// Freshly signed in; whoever signs in comes without a token.
    SignInFromNothing,
}

impl Beginning {
    fn world(self, fault: Fault) -> World {
        let mut record = Record::authenticated(alice(), Method::Password, &secret(1), START);
        let mut minted = vec![(SESSION, secret(1).digest())];
        let mut now = START.after(seconds(2));
        match self {
            Self::Fresh | Self::SignInFromNothing => {}
            Self::TouchIsDue => now = START.after(minutes(2)),
            Self::RenewalIsPending => {
                record.renew(secret(2).digest(), START.after(seconds(1)));
                minted.push((SESSION, secret(2).digest()));
            }
        }
        let row = record.to_row(&rules().lifetime);
        World {
            rows: BTreeMap::from([(SESSION, (row.clone(), Version::FIRST))]),
            last_seen_row: BTreeMap::from([(SESSION, row)]),
            revocations: 0,
            now,
            fault,
            ended: BTreeSet::new(),
            minted,
            dead: Vec::new(),
            reauthentications: 0,
            limit_moved: false,
        }
    }

    fn presented(self, number: u8) -> Token {
        token(if self == Self::RenewalIsPending && number == 1 { 2 } else { 1 })
    }
}

fn search(fault: Fault) -> Search {
    let mut search = Search::default();
    let beginnings =
        [Beginning::Fresh, Beginning::TouchIsDue, Beginning::RenewalIsPending, Beginning::SignInFromNothing];
    for beginning in beginnings {
        for (first, second, third) in triples() {
            let requests = [(1, first), (2, second), (3, third)]
                .map(|(number, action)| Request::new(number, action, beginning));
            search.explore(&beginning.world(fault), &requests);
        }
    }
    search
}

/// The second and third request present the same token, so their order does not matter.
fn triples() -> impl Iterator<Item = (Action, Action, Action)> {
    ACTIONS.into_iter().flat_map(|first| {
        ACTIONS.into_iter().enumerate().flat_map(move |(place, second)| {
            ACTIONS.into_iter().skip(place).map(move |third| (first, second, third))
        })
    })
}

#[test]
fn invariants_2_3_and_5_hold_in_every_order_of_three_requests() {
    let search = search(Fault::None);
    assert_eq!(search.violation, None);
    assert!(search.orders > 300_000, "only {} orders were tried", search.orders);
}

#[test]
fn the_search_catches_a_store_whose_replace_creates() {
    assert!(search(Fault::ReplaceCreates).violation.unwrap().contains("invariant 3"));
}

#[test]
fn the_search_catches_a_store_whose_replace_ignores_the_version() {
    assert!(search(Fault::ReplaceIgnoresVersion).violation.is_some());
}

#[test]
fn the_search_catches_a_store_whose_touch_creates() {
    assert!(search(Fault::TouchCreates).violation.unwrap().contains("invariant 3"));
}

#[test]
fn the_search_catches_a_store_that_ignores_fences() {
    assert!(search(Fault::FenceIgnored).violation.unwrap().contains("survived"));
}
