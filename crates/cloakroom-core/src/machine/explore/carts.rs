//! Whose data ends up where: visitors who sign in, sign in again, and sign in as somebody else, all at once.
//!
//! Whoever writes signs what they write. A slot that is marked crosses from a visitor to one subject and no further, and
//! what a subject wrote is never in another's session, whatever is signed in on top of what.

use std::collections::BTreeMap;

use super::rules;
use crate::ids::{SessionId, Subject};
use crate::machine::{
    Admit, Admitted, Answer, Call, Commit, Edits, Held, NoEdits, Operation, SignIn, SignInOutcome,
    SignInRequest, Step, TokenChange,
};
use crate::record::{KeptAtSignIn, Method, Record, SlotTooLarge, Slots};
use crate::store::{Loaded, Row, SubjectInserted, Swap, Version};
use crate::time::Timestamp;
use crate::token::{FreshSecret, Token};

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
const CART: &str = "cart";
const DRAFT: &str = "draft";
const VISITOR: &str = "visitor";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// Writes to both slots as whoever the session belongs to.
    Write,
    SignIn(&'static str),
    /// The same by a handler that has written to both slots before.
    WriteAndSignIn(&'static str),
}

const ACTIONS: [Action; 5] = [
    Action::Write,
    Action::SignIn("alice"),
    Action::SignIn("bob"),
    Action::WriteAndSignIn("alice"),
    Action::WriteAndSignIn("bob"),
];

/// Writes the name of whoever writes into both slots.
#[derive(Clone, Debug)]
struct Signed(String);

impl Edits for Signed {
    type Error = SlotTooLarge;

    fn is_empty(&self) -> bool {
        false
    }

    fn apply(&mut self, slots: &mut Slots) -> Result<(), SlotTooLarge> {
        slots.set(CART, self.0.as_bytes(), KeptAtSignIn::Yes)?;
        slots.set(DRAFT, self.0.as_bytes(), KeptAtSignIn::No)
    }
}

#[derive(Clone)]
enum Act {
    Admit(Admit),
    Write(Commit<Signed>),
    SignIn(SignIn<NoEdits>),
    WriteAndSignIn(SignIn<Signed>),
}

#[derive(Clone)]
enum Phase {
    Unsent,
    Asking(Box<Act>, Box<Call>),
    Over,
}

/// A token is a number, of a session of the same number.
#[derive(Clone)]
struct World {
    rows: BTreeMap<SessionId, (Row, Version)>,
    /// What the browser holds: the newest token that it was given.
    jar: u8,
    requests: Vec<(Action, Phase)>,
}

fn id(number: u8) -> SessionId {
    SessionId::from_octets([number; 16])
}

fn secret(number: u8) -> FreshSecret {
    FreshSecret::from_entropy([number; 32])
}

impl World {
    /// A visitor has filled both slots.
    fn new(actions: [Action; 3]) -> Self {
        let mut slots = Slots::default();
        Signed(VISITOR.into()).apply(&mut slots).unwrap();
        let record = Record::anonymous(&secret(0), NOW).with_slots(slots);
        Self {
            rows: BTreeMap::from([(id(0), (record.to_row(&rules().lifetime), Version::FIRST))]),
            jar: 0,
            requests: actions.map(|action| (action, Phase::Unsent)).to_vec(),
        }
    }

    fn step(&mut self, index: usize) {
        match std::mem::replace(&mut self.requests[index].1, Phase::Over) {
            Phase::Unsent => {
                let text = secret(self.jar).into_text(id(self.jar));
                let admit = Admit::new(&Token::parse(text.expose()).unwrap(), rules());
                self.begin(index, admit, Act::Admit);
            }
            Phase::Asking(act, call) => {
                let answer = self.answer(*call);
                self.go_on(index, *act, answer);
            }
            Phase::Over => {}
        }
    }

    fn begin<O: Operation>(&mut self, index: usize, mut operation: O, act: impl FnOnce(O) -> Act) {
        if let Step::Ask(call) = operation.begin(NOW) {
            self.requests[index].1 = Phase::Asking(Box::new(act(operation)), Box::new(call));
        }
    }

    fn go_on(&mut self, index: usize, mut act: Act, answer: Answer) {
        let next = match &mut act {
            Act::Admit(admit) => match admit.resume(answer, NOW) {
                Step::Ask(call) => Some(call),
                Step::Done(Admitted::Live(held)) => return self.handle(index, Some(held)),
                Step::Done(_) => return self.handle(index, None),
            },
            Act::Write(commit) => asked(commit.resume(answer, NOW)),
            Act::SignIn(sign_in) => self.signed_in(index, sign_in.resume(answer, NOW)),
            Act::WriteAndSignIn(sign_in) => self.signed_in(index, sign_in.resume(answer, NOW)),
        };
        if let Some(call) = next {
            self.requests[index].1 = Phase::Asking(Box::new(act), Box::new(call));
        }
    }

    fn handle(&mut self, index: usize, held: Option<Held>) {
        let writer = held.as_ref().and_then(|held| held.record.subject()).map_or(VISITOR, Subject::as_str);
        let edits = Signed(writer.to_owned());
        let number = u8::try_from(index).unwrap() + 1;
        let request = |who| {
            SignInRequest::new(Subject::new(who).unwrap(), Method::Password, id(number), &secret(number))
        };
        match (self.requests[index].0, held) {
            (Action::Write, None) => {}
            (Action::Write, Some(held)) => {
                self.begin(index, Commit::new(held, edits, TokenChange::Keep, rules()), Act::Write);
            }
            (Action::SignIn(who), held) => {
                self.begin(index, SignIn::new(held, NoEdits, request(who), rules()), Act::SignIn);
            }
            (Action::WriteAndSignIn(who), held) => {
                self.begin(index, SignIn::new(held, edits, request(who), rules()), Act::WriteAndSignIn);
            }
        }
    }

    fn signed_in<X>(&mut self, index: usize, step: Step<SignInOutcome<X>>) -> Option<Call> {
        match step {
            Step::Ask(call) => return Some(call),
            Step::Done(SignInOutcome::Done { .. }) => self.jar = u8::try_from(index).unwrap() + 1,
            Step::Done(_) => {}
        }
        None
    }

    fn answer(&mut self, call: Call) -> Answer {
        match call {
            Call::Load(id) | Call::Reload(id) => {
                let loaded = self.rows.get(&id).cloned();
                Answer::Loaded(loaded.map(|(row, version)| Loaded { row, version }))
            }
            Call::Insert { id, row, replaces, .. } => {
                if let Some(seen) = replaces {
                    match self.rows.get(&seen.id) {
                        None => return Answer::Inserted(SubjectInserted::Gone),
                        Some((_, version)) if *version != seen.version => {
                            return Answer::Inserted(SubjectInserted::Lost);
                        }
                        Some(_) => self.rows.remove(&seen.id),
                    };
                }
                self.rows.insert(id, (*row, Version::FIRST));
                Answer::Inserted(SubjectInserted::Done { evicted: Vec::new() })
            }
            Call::Replace { id, seen, row } => Answer::Swapped(match self.rows.get_mut(&id) {
                None => Swap::Gone,
                Some((_, version)) if *version != seen => Swap::Lost,
                Some(kept) => {
                    *kept = (*row, seen.next());
                    Swap::Done(kept.1)
                }
            }),
            Call::Touch { .. } | Call::Revoke(_) => unreachable!("nothing is old, and nobody signs out"),
        }
    }

    /// A session whose slots hold what does not belong there.
    fn violation(&self) -> Option<String> {
        let mut carts_of_visitor = 0;
        for (row, _) in self.rows.values() {
            let record = Record::from_row(row).unwrap();
            let owner = record.subject().map_or(VISITOR, Subject::as_str);
            let writer = |slot| record.slots().get(slot).map(|name| std::str::from_utf8(name).unwrap());
            if writer(DRAFT).is_some_and(|writer| writer != owner) {
                return Some(format!("{owner} has the draft of {:?}", writer(DRAFT)));
            }
            if writer(CART).is_some_and(|writer| writer != owner && writer != VISITOR) {
                return Some(format!("{owner} has the cart of {:?}", writer(CART)));
            }
            carts_of_visitor += usize::from(writer(CART) == Some(VISITOR));
        }
        // A handler that wrote before it signed in brings its own; what was in the visitor's session goes to one.
        let brought =
            self.requests.iter().filter(|(action, _)| matches!(action, Action::WriteAndSignIn(_))).count();
        (carts_of_visitor > 1 + brought).then(|| "the visitor's cart was copied".into())
    }
}

fn asked<T>(step: Step<T>) -> Option<Call> {
    match step {
        Step::Ask(call) => Some(call),
        Step::Done(_) => None,
    }
}

/// Tries every order of what is left, counts them, and ends with the first violation.
fn explore(world: &World, orders: &mut u64) -> Result<(), String> {
    let mut is_over = true;
    for index in 0..world.requests.len() {
        if matches!(world.requests[index].1, Phase::Over) {
            continue;
        }
        is_over = false;
        let mut next = world.clone();
        next.step(index);
        if let Some(what) = next.violation() {
            let actions = world.requests.iter().map(|(action, _)| action);
            return Err(format!("{what}, with {:?}", actions.collect::<Vec<_>>()));
        }
        explore(&next, orders)?;
    }
    *orders += u64::from(is_over);
    Ok(())
}

#[test]
fn behaviour_12_marked_slots_cross_to_one_subject_and_no_further_in_every_order_of_three_requests() {
    let mut orders = 0;
    for first in ACTIONS {
        for second in ACTIONS {
            for third in ACTIONS {
                assert_eq!(explore(&World::new([first, second, third]), &mut orders), Ok(()));
            }
        }
    }
    assert!(orders > 100_000, "only {orders} orders were tried");
}
