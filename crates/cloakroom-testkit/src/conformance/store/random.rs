//! Orders of operations that nobody thought of.

use cloakroom_core::store::{Row, Seen, Store, Touch, Version};
use cloakroom_core::{SessionId, Subject};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, at, bob, end, row_with};
use crate::entropy::Seeded;
use crate::model::{Call, State, perform};
use crate::storm::Storm;

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

pub(crate) async fn concurrent_operations_break_no_promise<S: Store>(h: Harness<S>) -> Outcome {
    let storm = Storm::new(3).of(4, 90).on(&[h.node()]).await;
    storm.map(drop).map_err(|broken| Failure::Broken { promise: broken.promise(), saw: broken.to_string() })
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

/// A call on one of these sessions, more often than not one that can succeed; bodies have fewer than `octets` octets.
fn any_call(dice: &Seeded, state: &State, cast: &[Role], octets: u64) -> Call {
    let any_role = || &cast[usize::try_from(dice.below(cast.len() as u64)).unwrap_or_default()];
    let Role { id: one, subject } = any_role();
    let one = *one;
    let version_of = |id| state.sessions.get(&id).map_or(Version::FIRST, |loaded| loaded.version);
    let seen = |id, dice: &Seeded| if dice.below(4) == 0 { Version::FIRST } else { version_of(id) };
    match dice.below(17) {
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
        14..16 => Call::Revoke(one),
        _ => Call::Purge(end(dice.below(1_000))),
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
