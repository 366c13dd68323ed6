//! Every order of two readers, one writer and a clock, step by step, on copies alone.

use std::time::Duration;

use cloakroom_core::store::{Change, ChangeSink, Loaded, Row, RowBody, Touch, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_testkit::clock::ManualClock;

use crate::near::copies::{Copies, Lead, Look};
use crate::near::doubt::Doubt;
use crate::near::options::NearOptions;
use crate::near::shard::{Answer, Coming};

const ID: SessionId = SessionId::from_octets([7; SessionId::LEN]);
const BOUND: Duration = Duration::from_secs(1);
const TOUCH: Touch =
    Touch { last_seen_at: Timestamp::from_millis(9), expires_at: Timestamp::from_millis(1 << 41) };

/// What the writer does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Write {
    /// A call of this node begins.
    Begin(Kind),
    /// The store does it.
    Effect(Kind),
    /// The call of this node has returned.
    Return(Kind),
    /// The call of this node is given up: nobody knows.
    GiveUp,
    /// The store tells of it.
    Tell(Told),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Replace,
    Touch,
    Revoke,
    RevokeSubject,
    RevokeEveryone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Session,
    Subject,
    Everyone,
    Lost,
}

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

fn first() -> Loaded {
    let row = Row {
        subject: Some(alice()),
        created_at: Timestamp::EPOCH,
        last_seen_at: Timestamp::EPOCH,
        expires_at: Timestamp::from_millis(1 << 40),
        address: None,
        body: RowBody::from_slice(b"first"),
    };
    Loaded { row, version: Version::FIRST }
}

/// The row from one write to the next.
struct Era {
    value: Option<Loaded>,
    ended_at: Option<Timestamp>,
}

/// The store, and what has been promised.
struct World<'a> {
    copies: &'a Copies,
    clock: &'a ManualClock,
    eras: Vec<Era>,
    /// The era that whoever looks from now on must not be behind.
    promised: usize,
    doubt: Option<Doubt<'a>>,
    subject: &'a Subject,
}

impl World<'_> {
    fn value(&self) -> Option<Loaded> {
        self.eras.last().unwrap().value.clone()
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Begin(Kind::Replace | Kind::Revoke) => {
                self.doubt = Some(Doubt::about(self.copies, [Some(ID), None]));
            }
            Write::Begin(Kind::Touch) => self.doubt = Some(Doubt::about_touch(self.copies, ID)),
            Write::Begin(Kind::RevokeSubject) => {
                self.doubt = Some(Doubt::about_subject(self.copies, self.subject));
            }
            Write::Begin(Kind::RevokeEveryone) => self.doubt = Some(Doubt::about_everyone(self.copies)),
            Write::Effect(kind) => self.effect(kind),
            Write::Return(kind) => {
                let doubt = self.doubt.take().unwrap();
                match kind {
                    Kind::Touch => doubt.settle_touch(TOUCH),
                    Kind::RevokeSubject => doubt.settle_subject(&[ID]),
                    Kind::Replace | Kind::Revoke | Kind::RevokeEveryone => drop(doubt),
                }
                self.promised = self.eras.len() - 1;
            }
            Write::GiveUp => {
                self.doubt = None;
                self.promised = self.eras.len() - 1;
            }
            Write::Tell(told) => {
                self.copies.tell(match told {
                    Told::Session => Change::Session(ID),
                    Told::Subject => Change::Subject(self.subject),
                    Told::Everyone => Change::Everyone,
                    Told::Lost => Change::Lost,
                });
                self.promised = self.eras.len() - 1;
            }
        }
    }

    fn effect(&mut self, kind: Kind) {
        let mut value = self.value();
        match (kind, &mut value) {
            (Kind::Replace, Some(loaded)) => {
                loaded.version = loaded.version.next();
                loaded.row.body = RowBody::from_slice(b"second");
            }
            (Kind::Touch, Some(loaded)) => {
                loaded.row.last_seen_at = TOUCH.last_seen_at;
                loaded.row.expires_at = TOUCH.expires_at;
            }
            _ => value = None,
        }
        self.eras.last_mut().unwrap().ended_at = Some(self.clock.now());
        self.eras.push(Era { value, ended_at: None });
    }

    /// That an answer is right for somebody who began to look at that moment with that promise.
    fn check(&self, answer: &Answer, began_at: Timestamp, promised: usize) -> Result<(), String> {
        let found = answer.as_ref().expect("the store does not fail");
        let era = self.eras.iter().rposition(|era| era.value == *found).ok_or("no such row ever was")?;
        if era < promised {
            return Err(format!("saw era {era} after {promised} was promised"));
        }
        let too_late = self.eras[era].ended_at.is_some_and(|ended| began_at >= ended.after(BOUND));
        if too_late { Err(format!("saw era {era} at {began_at}, beyond the bound")) } else { Ok(()) }
    }
}

/// Somebody who wants the row.
#[derive(Default)]
struct Reader<'a> {
    began: Option<(Timestamp, usize)>,
    lead: Option<Lead<'a>>,
    read: Option<Answer>,
    coming: Option<Coming>,
}

impl<'a> Reader<'a> {
    /// Looks; reads from the store or waits for who does; has the answer.
    fn step(&mut self, world: &World<'a>) -> Result<(), String> {
        let Some((began_at, promised)) = self.began else {
            let now = world.clock.now();
            self.began = Some((now, world.promised));
            match world.copies.look(ID, now) {
                Look::Found(answer) => return world.check(&answer, now, world.promised),
                Look::Lead(lead) => self.lead = Some(lead),
                Look::Join(coming) => self.coming = Some(coming),
            }
            return Ok(());
        };
        if let Some(coming) = &self.coming {
            return coming.borrow().as_ref().map_or(Ok(()), |found| world.check(found, began_at, promised));
        }
        match (self.read.take(), self.lead.take()) {
            (None, Some(lead)) => {
                self.read = Some(Ok(world.value()));
                self.lead = Some(lead);
                Ok(())
            }
            (Some(answer), Some(lead)) => {
                lead.land(&answer);
                world.check(&answer, began_at, promised)
            }
            _ => Ok(()),
        }
    }
}

/// Runs one order of steps: 0 and 1 are the readers, 2 is the writer, 3 the clock, whose steps make up the bound.
fn run(order: &[u8], writes: &[Write], ticks: u32) -> Result<usize, String> {
    let clock = ManualClock::starting_at(Timestamp::from_millis(50_000));
    let options = NearOptions::new().staleness_max(BOUND).octets_max(1 << 20).clock(clock.clone());
    let (copies, subject) = (Copies::in_shards(1, options), alice());
    let mut world = World {
        copies: &copies,
        clock: &clock,
        eras: vec![Era { value: Some(first()), ended_at: None }],
        promised: 0,
        doubt: None,
        subject: &subject,
    };
    let mut readers = [Reader::default(), Reader::default()];
    let (mut writes, mut found) = (writes.iter(), 0);
    for actor in order {
        match actor {
            0 | 1 => readers[usize::from(*actor)].step(&world)?,
            2 => world.write(*writes.next().expect("as many as the order has")),
            _ => clock.advance(BOUND / ticks),
        }
        // Whoever looks between any two steps.
        if let Some(answer) = copies.find(ID, clock.now()) {
            found += 1;
            world.check(&answer, clock.now(), world.promised)?;
        }
    }
    Ok(found)
}

/// All orders of so many steps of each actor; returns how often somebody found a copy.
fn search(left: [usize; 4], order: &mut Vec<u8>, writes: &[Write], ticks: u32) -> usize {
    if left == [0; 4] {
        return run(order, writes, ticks)
            .unwrap_or_else(|wrong| panic!("{wrong}\n  {writes:?} in order {order:?}"));
    }
    let mut found = 0;
    for actor in 0..4_u8 {
        let mut left = left;
        let Some(fewer) = left[usize::from(actor)].checked_sub(1) else { continue };
        left[usize::from(actor)] = fewer;
        order.push(actor);
        found += search(left, order, writes, ticks);
        order.pop();
    }
    found
}

fn every_order_of(writes: &[Write]) {
    // Few writes leave time for more of the clock.
    let ticks = if writes.len() < 3 { 2 } else { 1 };
    let found = search([3, 3, writes.len(), ticks as usize], &mut Vec::new(), writes, ticks);
    assert!(found > 1000, "copies were used only {found} times");
}

#[test]
fn no_order_shows_a_row_from_before_a_replace_that_has_returned() {
    let kind = Kind::Replace;
    every_order_of(&[Write::Begin(kind), Write::Effect(kind), Write::Return(kind)]);
}

#[test]
fn no_order_shows_a_row_from_before_a_touch_that_has_returned() {
    let kind = Kind::Touch;
    every_order_of(&[Write::Begin(kind), Write::Effect(kind), Write::Return(kind)]);
}

#[test]
fn no_order_shows_a_session_after_its_revocation_has_returned() {
    for kind in [Kind::Revoke, Kind::RevokeSubject, Kind::RevokeEveryone] {
        every_order_of(&[Write::Begin(kind), Write::Effect(kind), Write::Return(kind)]);
    }
}

#[test]
fn no_order_remembers_a_row_from_before_a_call_that_was_given_up_after_its_effect() {
    for kind in [Kind::Replace, Kind::Touch, Kind::Revoke, Kind::RevokeSubject, Kind::RevokeEveryone] {
        every_order_of(&[Write::Begin(kind), Write::Effect(kind), Write::GiveUp]);
    }
}

#[test]
fn no_order_shows_what_another_node_ended_longer_ago_than_the_bound() {
    every_order_of(&[Write::Effect(Kind::Revoke)]);
    every_order_of(&[Write::Effect(Kind::Replace)]);
}

#[test]
fn no_order_shows_a_row_from_before_what_the_store_has_told() {
    for told in [Told::Session, Told::Subject, Told::Everyone, Told::Lost] {
        every_order_of(&[Write::Effect(Kind::Revoke), Write::Tell(told)]);
        every_order_of(&[Write::Effect(Kind::Replace), Write::Tell(told)]);
    }
}
