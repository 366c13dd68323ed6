//! How a session's tokens live, against a model that knows nothing of records.
//!
//! The model numbers the tokens in the order they were made and keeps, in lists of such numbers, which of them is worth
//! what. After every operation, every token that was ever made is judged by the library and by the model.

use std::time::Duration;

use cloakroom_core::machine::{
    Admitted, Held, Judgement, Limit, NoEdits, Rules, Standing, TokenChange, judge, renewal_is_due,
};
use cloakroom_core::{KeptAtSignIn, Lifetime, Method, Record, Renewal, Slots, Subject, Timestamp, seconds};
use proptest::prelude::*;

use crate::store::{Edit, MapStore, digest, secret};

const START: Timestamp = Timestamp::from_millis(1_000_000);
const IDLE: Duration = seconds(600);
const ABSOLUTE: Duration = seconds(2000);
const TOUCH_WINDOW: Duration = seconds(60);
const GRACE: Duration = seconds(30);
const PERIOD: Duration = seconds(300);

fn rules() -> Rules {
    let lifetime = Lifetime::try_new(IDLE, ABSOLUTE, TOUCH_WINDOW).expect("idle is below absolute");
    Rules { lifetime, renewal: Renewal::every(PERIOD).with_grace(GRACE), audience: None }
}

/// What a request does with the session after it was let in.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Read,
    Write(u8),
    Renew,
    Replace,
    Prove,
}

/// A request, some time after the one before it, with one of the tokens there are, the newest being number 0.
#[derive(Clone, Copy, Debug)]
struct Request {
    after_ms: u64,
    token_from_last: usize,
    deed: Deed,
}

/// Limits are met exactly, or missed by a millisecond, far more often than chance would have it.
const EDGES_MS: [u64; 11] =
    [0, 1, 29_999, 30_000, 59_999, 60_000, 300_000, 629_999, 630_000, 660_000, 2_000_000];

fn any_request() -> impl Strategy<Value = Request> {
    let deed = prop_oneof![
        4 => Just(Deed::Read),
        1 => any::<u8>().prop_map(Deed::Write),
        4 => Just(Deed::Renew),
        1 => Just(Deed::Replace),
        1 => Just(Deed::Prove),
    ];
    let after_ms = prop_oneof![
        4 => prop::sample::select(&EDGES_MS[..6]),
        2 => 0..40_000_u64,
        1 => prop::sample::select(&EDGES_MS[..]),
    ];
    (after_ms, prop_oneof![5 => 0..2_usize, 2 => 0..6_usize, 1 => 0..40_usize], deed)
        .prop_map(|(after_ms, token_from_last, deed)| Request { after_ms, token_from_last, deed })
}

/// Requests of all kinds, and among them renewals that go well, so that a life has many generations.
fn any_life() -> impl Strategy<Value = Vec<Request>> {
    let renewal = [(30_000, Deed::Renew), (1_000, Deed::Read)];
    let generation = renewal.map(|(after_ms, deed)| Request { after_ms, token_from_last: 0, deed }).to_vec();
    let part = prop_oneof![2 => any_request().prop_map(|request| vec![request]), 3 => Just(generation)];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

/// The token life cycle in words, as lists of token numbers.
struct Model {
    tokens: u16,
    current: u16,
    current_since: Timestamp,
    /// Replaced another, and no browser has used it.
    unused: bool,
    /// Handed out and not used, with the time, the newest last; two at most.
    pending: Vec<(u16, Timestamp)>,
    /// Were current, the newest last.
    past: Vec<u16>,
    /// Until when the newest of the past is good.
    grace_until: Option<Timestamp>,
    alarm_from: Timestamp,
    seen_at: Timestamp,
    proven_at: Timestamp,
}

impl Model {
    fn new() -> Self {
        Self {
            tokens: 1,
            current: 0,
            current_since: START,
            unused: false,
            pending: Vec::new(),
            past: Vec::new(),
            grace_until: None,
            alarm_from: START,
            seen_at: START,
            proven_at: START,
        }
    }

    fn expected(&self, token: u16, now: Timestamp) -> Judgement {
        let age = |of: &u16| self.past.iter().rev().position(|past| past == of);
        let standing = if token == self.current {
            Standing::Current
        } else if self.pending.iter().any(|(pending, _)| *pending == token) {
            Standing::Pending
        } else {
            match age(&token) {
                Some(0) if self.grace_until.is_some_and(|until| now < until) => Standing::Previous,
                Some(0..=16) if !self.unused && now >= self.alarm_from => return Judgement::Reused,
                Some(0..=16) => return Judgement::Replaced,
                _ => return Judgement::Wrong,
            }
        };
        if now >= self.proven_at.after(ABSOLUTE) {
            Judgement::Expired(Limit::Absolute)
        } else if now >= self.seen_at.after(IDLE).after(TOUCH_WINDOW) {
            Judgement::Expired(Limit::Idle)
        } else {
            Judgement::Live(standing)
        }
    }

    /// A browser presents a live token: what was handed out has arrived.
    fn present(&mut self, token: u16, now: Timestamp) {
        if let Some(place) = self.pending.iter().position(|(pending, _)| *pending == token) {
            self.pending.drain(..=place);
            self.succeed(token, now);
            self.grace_until = Some(now.after(GRACE));
            self.alarm_from = now.after(GRACE);
        } else if token == self.current && self.unused {
            self.unused = false;
            self.alarm_from = now.after(GRACE);
        }
        self.see(now);
    }

    fn see(&mut self, now: Timestamp) {
        if now.since(self.seen_at) >= TOUCH_WINDOW {
            self.seen_at = now;
        }
    }

    fn succeed(&mut self, token: u16, now: Timestamp) {
        self.past.push(self.current);
        self.current = token;
        self.current_since = now;
        self.unused = false;
    }

    /// Whether the request that presented this token may be given the next one.
    fn may_renew(&self, token: u16, now: Timestamp) -> bool {
        token == self.current
            && self.pending.last().is_none_or(|(_, issued_at)| now >= issued_at.after(GRACE))
    }

    fn renew(&mut self, now: Timestamp) {
        self.pending.push((self.tokens, now));
        if self.pending.len() > 2 {
            self.pending.remove(0);
        }
        self.tokens += 1;
    }

    fn replace(&mut self, now: Timestamp) {
        self.pending.clear();
        self.succeed(self.tokens, now);
        self.unused = true;
        self.grace_until = None;
        self.tokens += 1;
    }
}

/// The session as a server has it, beside the model.
struct Both {
    store: MapStore,
    model: Model,
    now: Timestamp,
    slot: Option<u8>,
    expires_at: Timestamp,
}

impl Both {
    fn new(record: &Record) -> Self {
        let expires_at = record.expires_at(&rules().lifetime);
        let store = MapStore::with(record, &rules());
        Self { store, model: Model::new(), now: START, slot: None, expires_at }
    }

    fn request(&mut self, request: Request) {
        self.now = self.now.after(Duration::from_millis(request.after_ms));
        let tokens = usize::from(self.model.tokens);
        let token = u16::try_from(tokens - 1 - request.token_from_last % tokens).expect("tokens are few");
        let expected = self.model.expected(token, self.now);
        let admitted = self.store.admit(token, rules(), self.now);
        match (expected, admitted) {
            (Judgement::Live(_), Admitted::Live(held)) => {
                self.model.present(token, self.now);
                self.deed(token, held, request.deed);
            }
            (Judgement::Expired(limit), Admitted::Expired(actual, _)) => assert_eq!(actual, limit),
            (Judgement::Reused, Admitted::Reused(_))
            | (Judgement::Replaced | Judgement::Wrong, Admitted::Unknown) => {}
            (expected, admitted) => panic!("token {token} is {expected:?}, and came to {admitted:?}"),
        }
        self.compare();
    }

    fn deed(&mut self, token: u16, held: Held, deed: Deed) {
        let new = digest(self.model.tokens);
        let now = self.now;
        let change = match deed {
            Deed::Read => {
                let model = &self.model;
                let aged = model.pending.is_empty() && now >= model.current_since.after(PERIOD);
                let lost = !model.pending.is_empty() && model.may_renew(model.current, now);
                assert_eq!(renewal_is_due(&held.record, now, &rules().renewal), aged || lost);
                return;
            }
            Deed::Write(value) => {
                let set = Edit(move |slots: &mut Slots| slots.set("a", &[value], KeptAtSignIn::No));
                self.store.commit(held, set, TokenChange::Keep, rules(), now);
                self.slot = Some(value);
                return;
            }
            Deed::Renew => {
                if self.model.may_renew(token, now) {
                    self.model.renew(now);
                }
                TokenChange::Renew(new)
            }
            Deed::Replace => {
                self.model.replace(now);
                TokenChange::Replace(new, None)
            }
            Deed::Prove => {
                self.model.replace(now);
                if held.record.authentication().is_some() {
                    self.model.proven_at = now;
                    self.model.seen_at = now;
                }
                TokenChange::Replace(new, Some(Method::Passkey))
            }
        };
        self.store.commit(held, NoEdits, change, rules(), now);
    }

    /// What the store holds now, judged by both for every token there ever was, now and at each moment that matters.
    fn compare(&mut self) {
        let lifetime = rules().lifetime;
        let row = self.store.row();
        let record = Record::from_row(row).expect("the library reads what it wrote");
        assert_eq!(record.to_row(&lifetime), *row, "what was read is written as it was");
        assert_eq!(record.proven_at(), self.model.proven_at, "only a proof moves the absolute limit");
        assert_eq!(record.last_seen_at(), self.model.seen_at);
        assert!(row.expires_at >= self.expires_at, "no request shortens a session");
        assert!(row.expires_at <= record.proven_at().after(ABSOLUTE));
        self.expires_at = row.expires_at;
        assert_eq!(record.slots().get("a"), self.slot.as_ref().map(std::slice::from_ref));
        for token in 0..self.model.tokens {
            for then in self.moments() {
                let judged = judge(&record, &digest(token), then, &rules());
                assert_eq!(
                    judged,
                    self.model.expected(token, then),
                    "token {token} at {then}, now {}",
                    self.now
                );
            }
        }
        let never_made = judge(&record, &digest(u16::MAX), self.now, &rules());
        assert_eq!(never_made, Judgement::Wrong);
    }

    /// Now, some moments to come, and some by the clock of another node that is behind.
    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        let (now, ms) = (self.now, Duration::from_millis);
        let later = [0, 1, 29_999, 30_000, 700_000, 3_000_000].map(|span| now.after(ms(span)));
        let earlier = [1, 1_000, 30_000].map(|span| now.before(ms(span)));
        later.into_iter().chain(earlier)
    }
}

fn live_a_life(record: &Record, requests: &[Request]) {
    let mut both = Both::new(record);
    for request in requests {
        both.request(*request);
    }
}

proptest! {
    #[test]
    fn every_token_of_a_signed_in_session_is_worth_what_the_model_says(
        requests in any_life()
    ) {
        let alice = Subject::new("alice").expect("a name");
        live_a_life(&Record::authenticated(alice, Method::Password, &secret(0), START), &requests);
    }

    #[test]
    fn every_token_of_a_visitors_session_is_worth_what_the_model_says(
        requests in any_life()
    ) {
        live_a_life(&Record::anonymous(&secret(0), START), &requests);
    }
}
