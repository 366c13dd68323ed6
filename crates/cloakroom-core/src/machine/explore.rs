//! Every interleaving of three requests on one session, with the real operations on a model store.
//!
//! A step is one question to the store, so any request may act between any two questions of another. After each step the
//! invariants are checked: no token that existed before a sign-in or a reauthentication names an authenticated session
//! after it (2), nothing that was revoked is ever in the store again (3), and nothing but a reauthentication moves the
//! absolute limit (5). A store with a fault must be caught, or the search proves nothing.
//!
//! The second half of a sign-in must take the place of the session that keeps the first half, in every order.
//!
//! A second search has two requests and a store that fails once, before or after the effect; others follow a browser on
//! a bad line, what visitors put into their carts, and an audience with an idle limit of its own.

use std::num::NonZeroUsize;

use super::Edits;
use crate::ids::{SessionId, Subject};
use crate::lifetime::{Lifetime, Renewal};
use crate::machine::{Judgement, Rules};
use crate::record::{KeptAtSignIn, Method, Record, SlotTooLarge, Slots};
use crate::store::{Cap, CapPolicy};
use crate::time::{Timestamp, hours, minutes, seconds};
use crate::token::{FreshSecret, Token};
use request::Request;
use world::{Fault, Trouble, World};

mod audiences;
mod browser;
mod carts;
mod remembered;
mod request;
mod world;

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

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

fn rules() -> Rules {
    let lifetime = Lifetime::try_new(minutes(30), hours(12), minutes(1)).unwrap();
    Rules { lifetime, renewal: Renewal::on_demand(), audience: None }
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

#[derive(Default)]
struct Search {
    orders: u64,
    violation: Option<String>,
}

impl Search {
    fn explore(&mut self, world: &World, requests: &[Request]) {
        if requests.iter().all(Request::is_done) {
            self.orders += 1;
            self.violation = locked_out(world, requests);
            return;
        }
        for (index, number) in (0..requests.len()).zip(1..) {
            if requests[index].is_done() {
                continue;
            }
            for trouble in [Trouble::None, Trouble::BeforeTheEffect, Trouble::AfterTheEffect] {
                if trouble == Trouble::None || world.troubles_left > 0 {
                    self.go_on(world, requests, index, number, trouble);
                }
                if self.violation.is_some() {
                    return;
                }
            }
        }
    }

    fn go_on(&mut self, world: &World, requests: &[Request], index: usize, number: u8, trouble: Trouble) {
        let (mut next, mut requests) = (world.clone(), requests.to_vec());
        let step = requests[index].step(number, &mut next, trouble);
        if trouble != Trouble::None && next.troubles_left == world.troubles_left {
            return; // The step wrote nothing, so no trouble could befall it.
        }
        if let Some(what) = step.err().or_else(|| next.violation()) {
            let actions: Vec<_> = requests.iter().map(|request| request.action).collect();
            self.violation = Some(format!("{what}, with {actions:?}"));
            return;
        }
        self.explore(&next, &requests);
    }
}

/// A session that nothing ended has a token that its browser was given.
fn locked_out(world: &World, requests: &[Request]) -> Option<String> {
    if requests.iter().any(|request| request.action == Action::Expire) {
        return None;
    }
    let works = |id: &SessionId| {
        let mut minted = world.minted.iter().filter(|(of, _)| of == id);
        minted.any(|(_, digest)| matches!(world.judged(*id, digest), Some(Judgement::Live(_))))
    };
    let locked_out = world.rows.keys().find(|id| !works(id) && !world.orphans.contains(id))?;
    let actions: Vec<_> = requests.iter().map(|request| request.action).collect();
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
    /// Two renewals have been answered; the first request presents the later token, and the others the earlier.
    TwoRenewalsArePending,
    /// The new token has been presented; the first request presents it and the others the old one, within the grace.
    PreviousIsInGrace,
    /// A reauthentication has been answered; the first request presents its token, and the others one that is dead.
    ReplacedAndUnused,
    /// A visitor whose first factor is proven; whoever signs in brings the second.
    SecondFactorIsDue,
    /// Freshly signed in; whoever signs in comes without a token.
    SignInFromNothing,
    /// The same with a limit of two sessions.
    SignInFromNothingUnderACap(CapPolicy),
}

impl Beginning {
    const ALL: [Self; 10] = [
        Self::Fresh,
        Self::TouchIsDue,
        Self::RenewalIsPending,
        Self::PreviousIsInGrace,
        Self::ReplacedAndUnused,
        Self::SecondFactorIsDue,
        Self::SignInFromNothing,
        Self::SignInFromNothingUnderACap(CapPolicy::EvictOldest),
        Self::SignInFromNothingUnderACap(CapPolicy::RefuseNew),
        Self::TwoRenewalsArePending,
    ];
    /// All but the last, from which three requests have millions of orders: it is tried with two.
    const FOR_THREE: &[Self] = Self::ALL.split_last().expect("there are some").1;

    fn world(self, fault: Fault) -> World {
        let grace = rules().renewal.grace();
        let mut record = Record::authenticated(alice(), Method::Password, &secret(1), START);
        if self == Self::SecondFactorIsDue {
            record = Record::anonymous(&secret(1), START);
        }
        let later = START.after(seconds(1));
        let mut handed_out = Vec::new();
        match self {
            Self::RenewalIsPending | Self::PreviousIsInGrace => handed_out.push(2),
            Self::TwoRenewalsArePending => handed_out.extend([2, 3]),
            Self::ReplacedAndUnused => record.replace_token(secret(2).digest(), later, grace),
            _ => {}
        }
        for octet in &handed_out {
            record.renew(secret(*octet).digest(), later);
        }
        if self == Self::PreviousIsInGrace {
            record.promote(secret(2).digest(), later, grace);
        }
        let mut world = World::with(SESSION, &record, fault);
        world.now = START.after(if self == Self::TouchIsDue { minutes(2) } else { seconds(2) });
        world.minted.extend(handed_out.iter().map(|octet| (SESSION, secret(*octet).digest())));
        if self == Self::ReplacedAndUnused {
            world.dead.append(&mut world.minted);
            world.minted.push((SESSION, secret(2).digest()));
        }
        if let Self::SignInFromNothingUnderACap(policy) = self {
            world.cap = Some(Cap { sessions_max: NonZeroUsize::MIN.saturating_add(1), policy });
        }
        world
    }

    fn presented(self, number: u8) -> Token {
        token(match (self, number) {
            (Self::TwoRenewalsArePending, first) => 2 + u8::from(first == 1),
            (Self::RenewalIsPending | Self::PreviousIsInGrace | Self::ReplacedAndUnused, 1) => 2,
            _ => 1,
        })
    }

    const fn signs_in_from_nothing(self) -> bool {
        matches!(self, Self::SignInFromNothing | Self::SignInFromNothingUnderACap(_))
    }
}

fn search(fault: Fault) -> Search {
    let mut search = Search::default();
    for beginning in Beginning::FOR_THREE.iter().copied() {
        for (first, second, third) in triples() {
            let requests = [(1, first), (2, second), (3, third)]
                .map(|(number, action)| Request::new(number, action, beginning));
            search.explore(&beginning.world(fault), &requests);
            if search.violation.is_some() {
                return search;
            }
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

/// Two requests, and a store that fails up to twice.
fn search_in_trouble() -> Search {
    let mut search = Search::default();
    for beginning in Beginning::ALL {
        for (first, second) in ACTIONS.into_iter().flat_map(|first| ACTIONS.map(|second| (first, second))) {
            let world = World { troubles_left: 2, ..beginning.world(Fault::None) };
            let requests =
                [(1, first), (2, second)].map(|(number, action)| Request::new(number, action, beginning));
            search.explore(&world, &requests);
            if search.violation.is_some() {
                return search;
            }
        }
    }
    search
}

#[test]
fn invariants_2_3_and_5_hold_in_every_order_of_three_requests() {
    let search = search(Fault::None);
    assert_eq!(search.violation, None);
    assert!(search.orders > 400_000, "only {} orders were tried", search.orders);
}

#[test]
fn invariants_2_3_and_5_hold_when_the_store_fails_before_or_after_the_effect() {
    let search = search_in_trouble();
    assert_eq!(search.violation, None);
    assert!(search.orders > 5_000, "only {} orders were tried", search.orders);
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

#[test]
fn the_search_catches_a_store_that_ignores_caps() {
    assert!(search(Fault::CapIgnored).violation.unwrap().contains("the cap"));
}
