//! Faults of signing in, and of the fence.

use cloakroom_core::store::{ErrorKind, Fence, Insert, Seen, StoreError, SubjectInsert, SubjectInserted};

use super::cap::capped;
use super::fault::Fault;
use super::notes::Notes;
use super::store::BrokenStore;
use crate::model::{Duplicate, State};

type Answer = Result<SubjectInserted, Duplicate>;

pub(super) async fn sign_in(
    store: &BrokenStore,
    sign_in: SubjectInsert<'_>,
) -> Result<SubjectInserted, StoreError> {
    let answer = match store.fault {
        Fault::SignInInTwoSteps => ends_then_creates(store, sign_in).await,
        Fault::SignInChecksThenActs | Fault::FenceChecksThenActs | Fault::CapChecksThenActs => {
            checks_then_acts(store, sign_in).await
        }
        fault => store.with(|state, notes| in_one_step(fault, state, notes, sign_in)),
    };
    answer.map_err(|Duplicate| store.error(ErrorKind::Duplicate, "insert_for_subject"))
}

fn in_one_step(fault: Fault, state: &mut State, notes: &mut Notes, sign_in: SubjectInsert<'_>) -> Answer {
    let insert = sign_in.insert;
    let fence = fence_as_seen(fault, state, sign_in);
    let old = insert.replaces.and_then(|seen| state.load(seen.id).map(|loaded| (seen, loaded)));
    let insert = match &old {
        Some((seen, loaded)) if fault == Fault::SignInIgnoresVersion => {
            Insert { replaces: Some(Seen { version: loaded.version, ..*seen }), ..insert }
        }
        _ => insert,
    };
    let answer = capped(fault, state, notes, SubjectInsert { insert, fence, ..sign_in });
    match (&answer, old) {
        (Ok(SubjectInserted::Done { .. }), Some((seen, loaded))) => match fault {
            Fault::SignInKeepsPredecessor => drop(state.sessions.insert(seen.id, loaded)),
            Fault::EndedStayListed => drop(notes.ghosts.insert(seen.id, loaded)),
            _ => {}
        },
        (Ok(SubjectInserted::Fenced), Some((seen, _))) if fault == Fault::FencedButReplaces => {
            state.sessions.remove(&seen.id);
        }
        _ => {}
    }
    if let Ok(SubjectInserted::Done { .. }) = answer {
        notes.first.insert(insert.id, insert.row.clone());
        if fault == Fault::SignInsAreNotListed {
            notes.unlisted.insert(insert.id);
        }
    }
    answer
}

/// The fence that makes the model answer as the faulty store does.
fn fence_as_seen(fault: Fault, state: &State, sign_in: SubjectInsert<'_>) -> Fence {
    const STOPS_NOBODY: Fence = Fence::from_number(u64::MAX);
    const STOPS_ALL_EVER_REVOKED: Fence = Fence::from_number(0);
    let fence = sign_in.fence;
    match (fault, &sign_in.insert.row.subject) {
        (Fault::FenceIsIgnored, _) => STOPS_NOBODY,
        (Fault::FenceIgnoresEveryone, Some(subject)) if !state.revocations.stop_subject(subject, fence) => {
            STOPS_NOBODY
        }
        (Fault::FenceStopsLater, _) => Fence::from_number(fence.number().saturating_sub(1)),
        (Fault::EveryoneIsForGood, _) if state.revocations.stop_everyone(STOPS_ALL_EVER_REVOKED) => {
            STOPS_ALL_EVER_REVOKED
        }
        _ => fence,
    }
}

async fn ends_then_creates(store: &BrokenStore, sign_in: SubjectInsert<'_>) -> Answer {
    let (answer, created) = store.with(|state, _| {
        let answer = state.insert_for_subject(sign_in);
        let is_done = matches!(answer, Ok(SubjectInserted::Done { .. }));
        let created = if is_done { state.sessions.remove(&sign_in.insert.id) } else { None };
        (answer, created)
    });
    if let Some(loaded) = created {
        store.pause().await;
        store.with(|state, _| state.sessions.insert(sign_in.insert.id, loaded));
    }
    answer
}

/// Looks at all that speaks against the sign-in, and later minds all of it but what is the fault.
async fn checks_then_acts(store: &BrokenStore, sign_in: SubjectInsert<'_>) -> Answer {
    let answer = store.with(|state, _| state.clone().insert_for_subject(sign_in));
    let Ok(SubjectInserted::Done { evicted }) = &answer else { return answer };
    store.pause().await;
    store.with(|state, _| match store.fault {
        Fault::FenceChecksThenActs => {
            state.insert_for_subject(SubjectInsert { fence: Fence::from_number(u64::MAX), ..sign_in })
        }
        Fault::CapChecksThenActs => {
            for id in evicted {
                state.sessions.remove(id);
            }
            match state.insert_for_subject(SubjectInsert { cap: None, ..sign_in })? {
                SubjectInserted::Done { .. } => answer.clone(),
                refused => Ok(refused),
            }
        }
        _ => {
            sign_in.insert.replaces.map(|seen| state.sessions.remove(&seen.id));
            let insert = Insert { replaces: None, ..sign_in.insert };
            state.insert_for_subject(SubjectInsert { insert, ..sign_in })
        }
    })
}
