//! One honest browser on a bad line: everything that may happen to three or four of its requests.
//!
//! Requests take their time, answers come in any order or not at all, handlers are slow, and the store fails once, before
//! or after what it was asked took effect. Whatever happens, nobody is a thief here, so no alarm is raised, and the token
//! in the browser's jar goes on working, unless a newer one came with a proof whose answer is lost: then the old one is
//! dead on purpose. Both hold as long as nothing is under way for longer than the grace, and the search shows what comes
//! of it when something is.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::ids::{SessionId, Subject};
use crate::lifetime::{Lifetime, Renewal};
use crate::machine::*;
use crate::record::{Method, Record};
use crate::store::{Loaded, Row, Swap, Touched, Version};
use crate::time::{Timestamp, hours, seconds};
use crate::token::{FreshSecret, SecretDigest};

const SESSION: SessionId = SessionId::from_octets([0xbb; 16]);
const START: Timestamp = Timestamp::from_millis(1_000_000_000);
/// More than half of the grace, so that one tick is within it and two are not.
const TICK: Duration = seconds(18);
const GRACE: Duration = seconds(30);

fn rules() -> Rules {
    let lifetime = Lifetime::try_new(hours(1), hours(12), seconds(20)).unwrap();
    Rules { lifetime, renewal: Renewal::every(seconds(36)).with_grace(GRACE), audience: None }
}

/// A token is a number here, and later ones are higher.
fn digest(token: u8) -> SecretDigest {
    FreshSecret::from_entropy([token; 32]).digest()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Deed {
    Read,
    Renew,
    Prove,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    BeforeTheEffect,
    AfterTheEffect,
}

/// How far a request has come. An answer without a cookie changes nothing here, so it is over at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Unsent,
    OnItsWay { token: u8, ticks: u8 },
    InHandler { held: Box<Held>, renewal_is_due: bool },
    Answered { new_token: u8, ticks: u8 },
    Over,
}

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Tick,
    Send(usize),
    Arrive(usize, Fault),
    Finish(usize, Fault),
    Deliver(usize),
    Lose(usize),
}

#[derive(Clone)]
struct Scene {
    row: Row,
    version: Version,
    now: Timestamp,
    jar: u8,
    tokens: u8,
    proof: u8,
    requests: Vec<(Deed, Phase)>,
    ticks_left: u8,
    faults_left: u8,
    ticks_under_way_max: u8,
}

impl Scene {
    fn new(deeds: &[Deed], ticks_under_way_max: u8) -> Self {
        let alice = Subject::new("alice").unwrap();
        let fresh = FreshSecret::from_entropy([0; 32]);
        let record = Record::authenticated(alice, Method::Password, &fresh, START);
        Self {
            row: record.to_row(&rules().lifetime),
            version: Version::FIRST,
            now: START.after(TICK).after(TICK),
            jar: 0,
            tokens: 1,
            proof: 0,
            requests: deeds.iter().map(|deed| (*deed, Phase::Unsent)).collect(),
            ticks_left: 4,
            faults_left: 1,
            ticks_under_way_max,
        }
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut waits = self.ticks_left > 0;
        for (index, (_, phase)) in self.requests.iter().enumerate() {
            match phase {
                Phase::Unsent => events.push(Event::Send(index)),
                Phase::OnItsWay { ticks, .. } => {
                    events.extend(self.faults().map(|fault| Event::Arrive(index, fault)));
                    waits &= *ticks < self.ticks_under_way_max;
                }
                Phase::InHandler { .. } => {
                    events.extend(self.faults().map(|fault| Event::Finish(index, fault)));
                }
                Phase::Answered { ticks, .. } => {
                    events.extend([Event::Deliver(index), Event::Lose(index)]);
                    waits &= *ticks < self.ticks_under_way_max;
                }
                Phase::Over => {}
            }
        }
        events.extend(waits.then_some(Event::Tick));
        events
    }

    fn faults(&self) -> impl Iterator<Item = Fault> {
        let faults = [Fault::None, Fault::BeforeTheEffect, Fault::AfterTheEffect];
        faults.into_iter().take(if self.faults_left > 0 { 3 } else { 1 })
    }

    /// Lets it happen. `Err` when an honest browser is called a thief.
    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Tick => self.tick(),
            Event::Send(index) => self.requests[index].1 = Phase::OnItsWay { token: self.jar, ticks: 0 },
            Event::Arrive(index, fault) => return self.arrive(index, fault),
            Event::Finish(index, fault) => self.finish(index, fault),
            Event::Deliver(index) | Event::Lose(index) => {
                let phase = std::mem::replace(&mut self.requests[index].1, Phase::Over);
                if let (Event::Deliver(_), Phase::Answered { new_token, .. }) = (event, phase) {
                    self.jar = new_token;
                }
            }
        }
        Ok(())
    }

    fn tick(&mut self) {
        self.now = self.now.after(TICK);
        self.ticks_left -= 1;
        for (_, phase) in &mut self.requests {
            if let Phase::OnItsWay { ticks, .. } | Phase::Answered { ticks, .. } = phase {
                *ticks += 1;
            }
        }
    }

    fn arrive(&mut self, index: usize, fault: Fault) -> Result<(), String> {
        let Phase::OnItsWay { token, .. } = self.requests[index].1 else { return Ok(()) };
        let admit = Admit::by_digest(SESSION, digest(token), rules());
        self.requests[index].1 = match self.drive(admit, fault) {
            Some(Admitted::Live(held)) => {
                let due = held.presents_current() && renewal_is_due(&held.record, self.now, &rules().renewal);
                Phase::InHandler { held: Box::new(held), renewal_is_due: due }
            }
            Some(Admitted::Reused(_)) => return Err("a false theft alarm".into()),
            Some(
                Admitted::Unknown | Admitted::Expired(..) | Admitted::Lapsed(_) | Admitted::Undecodable(_),
            )
            | None => Phase::Over,
        };
        Ok(())
    }

    fn finish(&mut self, index: usize, fault: Fault) {
        let (deed, phase) = &mut self.requests[index];
        let (deed, phase) = (*deed, std::mem::replace(phase, Phase::Over));
        let Phase::InHandler { held, renewal_is_due } = phase else { return };
        let new_token = self.tokens;
        let change = match deed {
            Deed::Read if !renewal_is_due => TokenChange::Keep,
            Deed::Read | Deed::Renew => TokenChange::Renew(digest(new_token)),
            Deed::Prove => TokenChange::Replace(digest(new_token), Some(Method::Password)),
        };
        self.tokens += u8::from(change != TokenChange::Keep);
        let version = self.version;
        let committed = self.drive(Commit::new(*held, NoEdits, change, rules()), fault);
        // Whatever the request was told: the proof counts when the store has it.
        if deed == Deed::Prove && self.version != version {
            self.proof = new_token;
        }
        if let Some(Committed::Done { held, token_given: true }) = committed {
            self.requests[index].1 = Phase::Answered { new_token, ticks: 0 };
            // A handler may commit again, and that the client has the new token does not follow from it.
            let _ = self.drive(Commit::new(held, NoEdits, TokenChange::Keep, rules()), Fault::None);
        }
    }

    /// Sees an operation through; `None` when the store failed it.
    fn drive<O: Operation>(&mut self, mut operation: O, mut fault: Fault) -> Option<O::Outcome> {
        let mut step = operation.begin(self.now);
        loop {
            let call = match step {
                Step::Done(outcome) => return Some(outcome),
                Step::Ask(call) => call,
            };
            let fails = if matches!(call, Call::Load(_) | Call::Reload(_)) {
                Fault::None
            } else {
                std::mem::replace(&mut fault, Fault::None)
            };
            if fails != Fault::None {
                self.faults_left -= 1;
            }
            if fails == Fault::BeforeTheEffect {
                return None;
            }
            let answer = self.answer(call);
            if fails == Fault::AfterTheEffect {
                return None;
            }
            step = operation.resume(answer, self.now);
        }
    }

    fn answer(&mut self, call: Call) -> Answer {
        match call {
            Call::Load(_) | Call::Reload(_) => {
                Answer::Loaded(Some(Loaded { row: self.row.clone(), version: self.version }))
            }
            Call::Replace { seen, .. } if seen != self.version => Answer::Swapped(Swap::Lost),
            Call::Replace { row, .. } => {
                self.version = self.version.next();
                self.row = *row;
                Answer::Swapped(Swap::Done(self.version))
            }
            Call::Touch { touch, .. } => {
                self.row.last_seen_at = self.row.last_seen_at.max(touch.last_seen_at);
                self.row.expires_at = self.row.expires_at.max(touch.expires_at);
                Answer::Touched(Touched::Done)
            }
            Call::Insert { .. } | Call::Revoke(_) => unreachable!("the session neither begins nor ends here"),
        }
    }

    /// What is in the jar works, or is older than a proof that took effect.
    fn locked_out(&self) -> bool {
        let record = Record::from_row(&self.row).unwrap();
        let judgement = judge(&record, &digest(self.jar), self.now, &rules());
        self.jar >= self.proof && !matches!(judgement, Judgement::Live(_))
    }

    /// Two scenes of the same key have the same future; requests of one kind may change places.
    fn key(&self) -> u64 {
        let request = |(deed, phase): &(Deed, Phase)| {
            hash_of(|key| {
                deed.hash(key);
                self.hash_phase(phase, key);
            })
        };
        let mut requests: Vec<_> = self.requests.iter().map(request).collect();
        requests.sort_unstable();
        hash_of(|key| {
            (&self.row.body, self.row.last_seen_at, self.now, requests).hash(key);
            (self.jar, self.tokens, self.proof, self.ticks_left, self.faults_left).hash(key);
        })
    }

    fn hash_phase(&self, phase: &Phase, key: &mut DefaultHasher) {
        std::mem::discriminant(phase).hash(key);
        match phase {
            Phase::OnItsWay { token, ticks } => (token, ticks).hash(key),
            Phase::InHandler { held, renewal_is_due } => {
                let TokenSource::Client(at) = held.source else { unreachable!("the client presented it") };
                let row = held.record.to_row(&rules().lifetime);
                (at, held.presented.stub(), renewal_is_due, row.body).hash(key);
                (held.version == self.version).hash(key);
            }
            Phase::Answered { new_token, ticks } => (new_token, ticks).hash(key),
            Phase::Unsent | Phase::Over => {}
        }
    }
}

fn hash_of(feed: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher);
    hasher.finish()
}

#[derive(Default)]
struct Search {
    known: HashSet<u64>,
    story: Vec<Event>,
    violation: Option<String>,
}

impl Search {
    fn explore(&mut self, scene: &Scene) {
        if self.violation.is_some() || !self.known.insert(scene.key()) {
            return;
        }
        for event in scene.events() {
            let mut next = scene.clone();
            self.story.push(event);
            let what = next.happen(event).err().or_else(|| next.locked_out().then(|| "a lockout".into()));
            if let Some(what) = what {
                let deeds: Vec<_> = scene.requests.iter().map(|(deed, _)| deed).collect();
                self.violation = Some(format!("{what}, with {deeds:?} in {:?}", self.story));
                return;
            }
            self.explore(&next);
            self.story.pop();
        }
    }
}

fn search(ticks_under_way_max: u8) -> (usize, Option<String>) {
    use Deed::{Prove, Read, Renew};
    let deeds: [&[Deed]; 11] = [
        &[Read, Read, Renew],
        &[Read, Renew, Renew],
        &[Renew, Renew, Renew],
        &[Read, Read, Prove],
        &[Read, Renew, Prove],
        &[Renew, Renew, Prove],
        &[Read, Prove, Prove],
        &[Renew, Prove, Prove],
        &[Prove, Prove, Prove],
        &[Read, Read, Read, Read],
        &[Read, Read, Read, Renew],
    ];
    let mut scenes = 0;
    for deeds in deeds {
        let mut search = Search::default();
        search.explore(&Scene::new(deeds, ticks_under_way_max));
        scenes += search.known.len();
        if search.violation.is_some() {
            return (scenes, search.violation);
        }
    }
    (scenes, None)
}

#[test]
fn behaviour_20_an_honest_browser_is_never_locked_out_nor_called_a_thief() {
    let (scenes, violation) = search(1);
    assert_eq!(violation, None);
    assert!(scenes > 300_000, "only {scenes} scenes were seen");
}

/// What bounds the promise: a request or an answer that takes longer than the grace.
#[test]
fn the_search_sees_the_harm_of_what_is_under_way_for_longer_than_the_grace() {
    assert!(search(2).1.is_some());
}
