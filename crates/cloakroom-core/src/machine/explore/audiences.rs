//! An audience with an idle limit of its own: everything that two requests, and three, may do to it while time passes.
//!
//! One browser is signed in at home and at the wiki, which sees nobody who has neither used it nor proved who they are for twenty minutes.
//! After each step: the wiki lets in who was there within the limit, and nobody later, however often the session was used elsewhere and
//! however often it was handed over; and at home nothing of it is felt.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::audience::{Audience, AudienceLimits, AudienceRules, Challenge};
use crate::ids::{SessionId, Subject};
use crate::lifetime::{Lifetime, Renewal};
use crate::machine::*;
use crate::record::{Method, Record, SlotTooLarge, Slots};
use crate::store::{Loaded, Row, Swap, Touched, Version};
use crate::time::{Timestamp, hours, minutes, seconds};
use crate::token::{FreshSecret, SecretDigest, Token};

const SESSION: SessionId = SessionId::from_octets([0xcc; 16]);
const START: Timestamp = Timestamp::from_millis(1_000_000_000);
const IDLE: Duration = minutes(20);
const WINDOW: Duration = minutes(1);
/// Two of them are within the limit, and three are not.
const TICK: Duration = minutes(8);
const TICKS: u8 = 3;

fn wiki() -> Audience {
    Audience::of("https://wiki.example.org")
}

fn home() -> Rules {
    let lifetime = Lifetime::try_new(hours(2), hours(12), minutes(1)).unwrap();
    Rules { lifetime, renewal: Renewal::on_demand(), audience: None }
}

fn at_the_wiki() -> Rules {
    at_the_wiki_within(IDLE)
}

fn at_the_wiki_within(idle: Duration) -> Rules {
    let here = AudienceRules::from(wiki()).within(AudienceLimits::none().idle(idle));
    Rules { audience: Some(here), ..home() }
}

/// A secret is a number here.
fn secret(number: u8) -> FreshSecret {
    FreshSecret::from_entropy([number; 32])
}

fn browser() -> Challenge {
    Challenge::of_verifier(b"held by the browser")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Deed {
    Visit,
    VisitHome,
    HandOver,
    Prove,
    /// A new token without a proof.
    Promote,
}

const DEEDS: [Deed; 5] = [Deed::Visit, Deed::VisitHome, Deed::HandOver, Deed::Prove, Deed::Promote];

/// What is wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Sessions are taken over at the wiki by rules with a longer limit.
    HandOverByOtherLimits,
    /// Visits to the wiki are not written down.
    VisitsUnnoted,
    /// The store lets every writer win.
    ReplaceIgnoresVersion,
}

/// Writes an offer to the wiki.
#[derive(Clone, Debug)]
struct Offering(Offer, Timestamp);

impl Edits for Offering {
    type Error = SlotTooLarge;

    fn is_empty(&self) -> bool {
        false
    }

    fn apply(&mut self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        self.0.write(slots, self.1)
    }
}

#[derive(Clone, Debug)]
enum Act {
    Admit(Admit),
    Offer(Commit<Offering>),
    Accept(Accept),
    Replace(Commit<NoEdits>),
}

#[derive(Clone, Debug)]
enum Phase {
    Unsent,
    /// What it asks, and since when: that is when it judged the session and what it writes down.
    Asking(Box<Act>, Call, Timestamp),
    Over,
}

/// What an operation has come to.
enum Came {
    Admitted(Held),
    Offered,
    TakenOver,
    Replaced,
    ToNothing,
}

#[derive(Clone)]
struct Scene {
    row: Row,
    version: Version,
    now: Timestamp,
    ticks_left: u8,
    requests: Vec<(Deed, Phase)>,
    /// The secrets that the browser holds at home, and at the wiki.
    home: u8,
    wiki: Option<u8>,
    /// Every token that the wiki was ever given.
    granted: Vec<u8>,
    /// When the user last proved who they are, or used the wiki and was entitled to.
    entitled_at: Timestamp,
    fault: Fault,
}

impl Scene {
    fn new(deeds: &[Deed], fault: Fault) -> Self {
        let alice = Subject::new("alice").unwrap();
        let record = Record::authenticated(alice, Method::Password, &secret(1), START);
        let mut scene = Self {
            row: record.to_row(&home().lifetime),
            version: Version::FIRST,
            now: START.after(seconds(1)),
            ticks_left: TICKS,
            requests: vec![(Deed::HandOver, Phase::Unsent)],
            home: 1,
            wiki: None,
            granted: Vec::new(),
            entitled_at: START,
            fault,
        };
        while scene.requests.iter().any(|(_, phase)| !matches!(phase, Phase::Over)) {
            scene.go_on(0).unwrap();
        }
        assert_eq!(scene.granted.len(), 1);
        Self { requests: deeds.iter().map(|deed| (*deed, Phase::Unsent)).collect(), ..scene }
    }

    /// Secrets of a request: what it draws for a token or a code, and for the token that it takes over by.
    fn drawn(index: usize) -> (FreshSecret, u8) {
        let number = 10 + 10 * u8::try_from(index).unwrap();
        (secret(number), number + 1)
    }

    /// One question to the store, or the beginning. `Err` when something is not as it must be.
    fn go_on(&mut self, index: usize) -> Result<(), String> {
        let (deed, phase) = (self.requests[index].0, &mut self.requests[index].1);
        match std::mem::replace(phase, Phase::Over) {
            Phase::Unsent => {
                let (number, rules) = match deed {
                    Deed::Visit => (self.wiki.unwrap_or_default(), at_the_wiki()),
                    _ => (self.home, home()),
                };
                let mut admit = Admit::by_digest(SESSION, secret(number).digest(), rules);
                if self.fault == Fault::VisitsUnnoted && deed == Deed::Visit {
                    admit = admit.without_settling();
                }
                let Step::Ask(call) = admit.begin(self.now) else { unreachable!("the first call is a load") };
                self.requests[index].1 = Phase::Asking(Box::new(Act::Admit(admit)), call, self.now);
                Ok(())
            }
            Phase::Asking(act, call, asked_at) => {
                let answer = self.answer(call);
                let judged_at = if matches!(answer, Answer::Loaded(_)) { self.now } else { asked_at };
                self.told(index, *act, answer, judged_at)
            }
            Phase::Over => Ok(()),
        }
    }

    fn answer(&mut self, call: Call) -> Answer {
        match call {
            Call::Replace { seen, .. }
                if seen != self.version && self.fault != Fault::ReplaceIgnoresVersion =>
            {
                Answer::Swapped(Swap::Lost)
            }
            Call::Replace { row, .. } => {
                self.row = *row;
                self.version = self.version.next();
                Answer::Swapped(Swap::Done(self.version))
            }
            Call::Touch { touch, .. } => {
                self.row.last_seen_at = self.row.last_seen_at.max(touch.last_seen_at);
                self.row.expires_at = self.row.expires_at.max(touch.expires_at);
                Answer::Touched(Touched::Done)
            }
            _ => Answer::Loaded(Some(Loaded { row: self.row.clone(), version: self.version })),
        }
    }

    fn told(
        &mut self,
        index: usize,
        mut act: Act,
        answer: Answer,
        judged_at: Timestamp,
    ) -> Result<(), String> {
        let now = self.now;
        let step = match &mut act {
            Act::Admit(admit) => came(admit.resume(answer, now), |admitted| match admitted {
                Admitted::Live(held) => Came::Admitted(held),
                _ => Came::ToNothing,
            }),
            Act::Offer(commit) => came(commit.resume(answer, now), |committed| match committed {
                Committed::Done { .. } => Came::Offered,
                _ => Came::ToNothing,
            }),
            Act::Accept(accept) => came(accept.resume(answer, now), |accepted| match accepted {
                Accepted::Done(_) => Came::TakenOver,
                _ => Came::ToNothing,
            }),
            Act::Replace(commit) => came(commit.resume(answer, now), |committed| match committed {
                Committed::Done { token_given: true, .. } => Came::Replaced,
                _ => Came::ToNothing,
            }),
        };
        match step {
            Step::Ask(call) => {
                self.requests[index].1 = Phase::Asking(Box::new(act), call, now);
                Ok(())
            }
            Step::Done(came) => self.came(index, came, judged_at),
        }
    }

    /// Goes on with the next operation of a request, and notes what the last has changed.
    fn came(&mut self, index: usize, came: Came, judged_at: Timestamp) -> Result<(), String> {
        let (deed, now, (fresh, granted)) = (self.requests[index].0, self.now, Self::drawn(index));
        let (act, step) = match (deed, came) {
            (Deed::Visit, Came::Admitted(_)) => return self.used("a visit", judged_at),
            (Deed::HandOver, Came::Admitted(held)) => {
                let offer = Offer { audience: wiki(), code: fresh.digest(), challenge: browser() };
                let mut commit = Commit::new(held, Offering(offer, now), TokenChange::Keep, home());
                let step = commit.begin(now);
                (Act::Offer(commit), asked(step))
            }
            (Deed::HandOver, Came::Offered) => {
                let code = Token::parse(fresh.into_text(SESSION).expose()).unwrap();
                let rules = match self.fault {
                    Fault::HandOverByOtherLimits => at_the_wiki_within(hours(1)),
                    _ => at_the_wiki(),
                };
                let mut accept = Accept::new(&code, wiki(), browser(), secret(granted).digest(), rules);
                let step = accept.begin(now);
                (Act::Accept(accept), asked(step))
            }
            (Deed::HandOver, Came::TakenOver) => {
                self.wiki = Some(granted);
                self.granted.push(granted);
                return self.used("a hand-over", judged_at);
            }
            (Deed::Prove | Deed::Promote, Came::Admitted(held)) => {
                let method = (deed == Deed::Prove).then_some(Method::Password);
                let change = TokenChange::Replace(fresh.digest(), method);
                let mut commit = Commit::new(held, NoEdits, change, home());
                let step = commit.begin(now);
                (Act::Replace(commit), asked(step))
            }
            (_, Came::Replaced) => {
                self.home = granted - 1;
                self.wiki = None;
                if deed == Deed::Prove {
                    self.entitled_at = self.entitled_at.max(judged_at);
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        if let Some(call) = step {
            self.requests[index].1 = Phase::Asking(Box::new(act), call, now);
        }
        Ok(())
    }

    /// Somebody was let in at the wiki then.
    fn used(&mut self, how: &str, judged_at: Timestamp) -> Result<(), String> {
        if judged_at >= self.entitled_at.after(IDLE).after(WINDOW) {
            return Err(format!("{how} went on after the limit"));
        }
        self.entitled_at = self.entitled_at.max(judged_at);
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let record = Record::from_row(&self.row).unwrap();
        let judged = |digest: SecretDigest, rules: &Rules| judge(&record, &digest, self.now, rules);
        let lets_in =
            |number: u8| matches!(judged(secret(number).digest(), &at_the_wiki()), Judgement::Live(_));
        let too_late = self.now >= self.entitled_at.after(IDLE).after(WINDOW);
        if too_late && self.granted.iter().any(|number| lets_in(*number)) {
            return Err("a token of the wiki is good after the limit".into());
        }
        let in_time = self.now < self.entitled_at.after(IDLE);
        if in_time && self.wiki.is_some_and(|number| !lets_in(number)) {
            return Err("the wiki shut somebody out who was there a moment ago".into());
        }
        let at_home = judged(secret(self.home).digest(), &home());
        if at_home != Judgement::Live(Standing::Current) {
            return Err(format!("at home the token is {at_home:?}"));
        }
        Ok(())
    }

    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", (&self.row, self.version, &self.requests, self.wiki, &self.granted))
            .hash(&mut hasher);
        (self.now.as_millis(), self.home, self.entitled_at.as_millis()).hash(&mut hasher);
        hasher.finish()
    }
}

fn came<T>(step: Step<T>, what: impl FnOnce(T) -> Came) -> Step<Came> {
    match step {
        Step::Ask(call) => Step::Ask(call),
        Step::Done(done) => Step::Done(what(done)),
    }
}

fn asked<T>(step: Step<T>) -> Option<Call> {
    match step {
        Step::Ask(call) => Some(call),
        Step::Done(_) => None,
    }
}

/// How many scenes there are, or what is wrong in one.
fn search(fault: Fault) -> Result<usize, String> {
    let mut scenes = 0;
    for (place, first) in DEEDS.into_iter().enumerate() {
        for second in DEEDS.into_iter().skip(place) {
            scenes += scenes_of(&[first, second], fault)?;
        }
    }
    Ok(scenes + scenes_of(&[Deed::Visit, Deed::HandOver, Deed::Prove], fault)?)
}

fn scenes_of(deeds: &[Deed], fault: Fault) -> Result<usize, String> {
    let mut seen = HashSet::new();
    explore(&Scene::new(deeds, fault), &mut seen).map_err(|what| format!("{what}, with {deeds:?}"))?;
    Ok(seen.len())
}

fn explore(scene: &Scene, seen: &mut HashSet<u64>) -> Result<(), String> {
    scene.check()?;
    if !seen.insert(scene.fingerprint()) {
        return Ok(());
    }
    for index in 0..scene.requests.len() {
        if !matches!(scene.requests[index].1, Phase::Over) {
            let mut next = scene.clone();
            next.go_on(index)?;
            explore(&next, seen)?;
        }
    }
    if scene.ticks_left > 0 {
        let (now, ticks_left) = (scene.now.after(TICK), scene.ticks_left - 1);
        explore(&Scene { now, ticks_left, ..scene.clone() }, seen)?;
    }
    Ok(())
}

#[test]
fn an_audience_with_a_limit_sees_who_was_there_within_it_and_nobody_later_in_every_order() {
    let scenes = search(Fault::None).unwrap();
    assert!(scenes > 10_000, "only {scenes} scenes");
}

#[test]
fn the_search_catches_a_hand_over_that_knows_another_limit() {
    assert!(search(Fault::HandOverByOtherLimits).unwrap_err().contains("after the limit"));
}

#[test]
fn the_search_catches_an_audience_whose_visits_are_not_written_down() {
    assert!(search(Fault::VisitsUnnoted).unwrap_err().contains("shut somebody out"));
}

#[test]
fn the_search_catches_an_audience_on_a_store_whose_replace_ignores_the_version() {
    assert!(search(Fault::ReplaceIgnoresVersion).is_err());
}
