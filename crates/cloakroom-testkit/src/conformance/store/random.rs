//! Orders of operations that nobody thought of.

use std::sync::Arc;

use cloakroom_core::store::{Row, Seen, Store, StoreError, Touch, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{ROUNDS, alice, at, bob, end, id, row_with};
use crate::conformance::tasks::together;
use crate::entropy::Seeded;
use crate::history::{Event, Recorder, is_explained};
use crate::model::{Call, State, perform};

pub(crate) async fn any_order_of_operations_is_answered_as_by_the_model<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Whatever the order of operations, each is answered as the contract says.");
    let dice = Seeded::new(2);
    let mut state = State::default();
    for step in 0..600 {
        let call = any_call(&dice, &state, (4, 300));
        let answer = perform(h.store(), &call).await?;
        let held: Vec<_> = state.sessions().map(|(id, loaded)| format!("\n    {id}: {loaded:?}")).collect();
        let right = state.answer(&call, &answer);
        promise.gives(&format!("step {step}, {call:?},\n  holding {}", held.concat()), answer, right)?;
    }
    for (id, loaded) in state.sessions() {
        promise.gives("load at the end", h.load(id).await?, Some(loaded.clone()))?;
    }
    Ok(())
}

pub(crate) async fn concurrent_operations_have_an_order_that_explains_them<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("Of operations at once each takes effect at one moment: some order explains all answers.");
    let dice = Seeded::new(3);
    // Rounds go on from each other, so that sessions of any past take part.
    let mut state = State::default();
    for _ in 0..ROUNDS {
        let recorder = Arc::new(Recorder::default());
        let tasks = (0..3).map(|_| {
            let calls: Vec<_> = (0..3).map(|_| any_step(&dice, &state, (2, 4))).collect();
            record(h.node(), Arc::clone(&recorder), calls)
        });
        let mut events = Vec::new();
        for task in together(tasks).await {
            events.extend(task?);
        }
        let looks = (0..2).map(|number| Call::Load(id(number))).collect();
        events.extend(record(h.node(), recorder, looks).await?);
        promise.holds(is_explained(&state, &events), unexplained(&state, &events))?;
        state = state_of(&h, 2).await?;
    }
    Ok(())
}

fn unexplained(state: &State, events: &[Event]) -> String {
    let held = state.sessions().map(|(id, loaded)| format!("\n    {id}: {loaded:?}"));
    let events = events.iter().map(|event| format!("\n    {event}"));
    let (held, events) = (held.collect::<String>(), events.collect::<String>());
    format!("no order explains these, with the moments at which they began and ended:{events}\n  from{held}")
}

async fn record<S: Store>(
    store: Arc<S>,
    recorder: Arc<Recorder>,
    calls: Vec<Call>,
) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for call in calls {
        events.push(recorder.ask(&*store, call).await?);
        tokio::task::yield_now().await;
    }
    Ok(events)
}

/// What the store holds of the first sessions.
async fn state_of<S: Store>(h: &Harness<S>, sessions: u64) -> Result<State, StoreError> {
    let mut state = State::default();
    for number in 0..sessions {
        state.sessions.extend(h.store().load(id(number)).await?.map(|loaded| (id(number), loaded)));
    }
    Ok(state)
}

fn any_call(dice: &Seeded, state: &State, sizes: (u64, u64)) -> Call {
    match dice.below(16) {
        0 => Call::Purge(end(dice.below(1_000))),
        _ => any_step(dice, state, sizes),
    }
}

/// A call on one of the first `ids` sessions, more often than not one that can succeed; bodies have fewer than
/// `octets` octets. No purge: it may take its rows one by one, so it is no one step.
fn any_step(dice: &Seeded, state: &State, (ids, octets): (u64, u64)) -> Call {
    let id_of = |number| id(number);
    let one = id_of(dice.below(ids));
    let version_of = |id| state.sessions.get(&id).map_or(Version::FIRST, |loaded| loaded.version);
    let seen = |id, dice: &Seeded| if dice.below(4) == 0 { Version::FIRST } else { version_of(id) };
    match dice.below(16) {
        0..4 => Call::Load(one),
        4 => Call::LoadNow(one),
        5..8 => Call::Insert { id: one, row: any_row(dice, octets), replaces: None },
        8 => {
            let old = id_of(dice.below(ids));
            let replaces = (old != one).then(|| Seen { id: old, version: seen(old, dice) });
            Call::Insert { id: one, row: any_row(dice, octets), replaces }
        }
        9..12 => Call::Replace { id: one, seen: seen(one, dice), row: any_row(dice, octets) },
        12..14 => {
            let touch = Touch { last_seen_at: at(dice.below(1_000)), expires_at: end(dice.below(1_000)) };
            Call::Touch(one, touch)
        }
        _ => Call::Revoke(one),
    }
}

fn any_row(dice: &Seeded, octets: u64) -> Row {
    let subjects = [None, Some(alice()), Some(bob())];
    let mut body = vec![0; usize::try_from(dice.below(octets)).unwrap_or_default()];
    dice.fill(&mut body);
    Row {
        subject: subjects[usize::from(dice.octets::<1>()[0] % 3)].clone(),
        created_at: at(dice.below(1_000)),
        last_seen_at: at(dice.below(1_000)),
        expires_at: end(dice.below(1_000)),
        ..row_with(&body)
    }
}
