//! Orders of operations that nobody thought of.

use std::sync::Arc;

use cloakroom_core::store::{Row, Seen, Store, StoreError, Touch, Version};
use cloakroom_core::{SessionId, Subject};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{ROUNDS, alice, at, bob, end, row_with};
use crate::conformance::tasks::together;
use crate::entropy::Seeded;
use crate::history::{Event, Recorder, is_explained};
use crate::model::{Call, State, perform};

pub(crate) async fn any_order_of_operations_is_answered_as_by_the_model<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Whatever the order of operations, each is answered as the contract says.");
    let dice = Seeded::new(2);
    let cast = cast(&h, 4);
    let mut state = State::default();
    for step in 0..600 {
        let call = any_call(&dice, &state, &cast, 300);
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
    let cast = cast(&h, 2);
    // Rounds go on from each other, so that sessions of any past take part.
    let mut state = State::default();
    for _ in 0..ROUNDS {
        let recorder = Arc::new(Recorder::default());
        let tasks = (0..3).map(|_| {
            let calls: Vec<_> = (0..3).map(|_| any_step(&dice, &state, &cast, 4)).collect();
            record(h.node(), Arc::clone(&recorder), calls)
        });
        let mut events = Vec::new();
        for task in together(tasks).await {
            events.extend(task?);
        }
        let looks = cast.iter().map(|one| Call::Load(one.id)).collect();
        events.extend(record(h.node(), recorder, looks).await?);
        promise.holds(is_explained(&state, &events), unexplained(&state, &events))?;
        state = state_of(&h, &cast).await?;
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

/// A session of the walk, and the subject in whose place it is: it is that subject's or a visitor's.
struct Role {
    id: SessionId,
    subject: Subject,
}

fn cast<S: Store>(h: &Harness<S>, sessions: u64) -> Vec<Role> {
    let subjects = [alice(), bob()].into_iter().cycle();
    (0..sessions)
        .zip(subjects)
        .map(|(number, subject)| Role { id: h.id_of(&subject, number), subject })
        .collect()
}

/// What the store holds of these sessions.
async fn state_of<S: Store>(h: &Harness<S>, cast: &[Role]) -> Result<State, StoreError> {
    let mut state = State::default();
    for Role { id, .. } in cast {
        state.sessions.extend(h.store().load(*id).await?.map(|loaded| (*id, loaded)));
    }
    Ok(state)
}

fn any_call(dice: &Seeded, state: &State, cast: &[Role], octets: u64) -> Call {
    match dice.below(16) {
        0 => Call::Purge(end(dice.below(1_000))),
        _ => any_step(dice, state, cast, octets),
    }
}

/// A call on one of these sessions, more often than not one that can succeed; bodies have fewer than `octets` octets.
/// No purge: it may take its rows one by one, so it is no one step.
fn any_step(dice: &Seeded, state: &State, cast: &[Role], octets: u64) -> Call {
    let any_role = || &cast[usize::try_from(dice.below(cast.len() as u64)).unwrap_or_default()];
    let Role { id: one, subject } = any_role();
    let one = *one;
    let version_of = |id| state.sessions.get(&id).map_or(Version::FIRST, |loaded| loaded.version);
    let seen = |id, dice: &Seeded| if dice.below(4) == 0 { Version::FIRST } else { version_of(id) };
    match dice.below(16) {
        0..4 => Call::Load(one),
        4 => Call::LoadNow(one),
        5..8 => Call::Insert { id: one, row: any_row(dice, subject, octets), replaces: None },
        8 => {
            let old = any_role().id;
            let replaces = (old != one).then(|| Seen { id: old, version: seen(old, dice) });
            Call::Insert { id: one, row: any_row(dice, subject, octets), replaces }
        }
        9..12 => Call::Replace { id: one, seen: seen(one, dice), row: any_row(dice, subject, octets) },
        12..14 => {
            let touch = Touch { last_seen_at: at(dice.below(1_000)), expires_at: end(dice.below(1_000)) };
            Call::Touch(one, touch)
        }
        _ => Call::Revoke(one),
    }
}

fn any_row(dice: &Seeded, subject: &Subject, octets: u64) -> Row {
    let mut body = vec![0; usize::try_from(dice.below(octets)).unwrap_or_default()];
    dice.fill(&mut body);
    Row {
        subject: (dice.below(3) > 0).then(|| subject.clone()),
        created_at: at(dice.below(1_000)),
        last_seen_at: at(dice.below(1_000)),
        expires_at: end(dice.below(1_000)),
        ..row_with(&body)
    }
}
