//! Faults of ending all sessions of a subject, or of everybody.

use cloakroom_core::{SessionId, Subject};

use super::fault::Fault;
use super::list::listed;
use super::notes::Notes;
use super::store::{BrokenStore, OWN_CLOCK};
use crate::model::State;

pub(super) async fn revoke_subject(
    store: &BrokenStore,
    subject: &Subject,
    spare: Option<SessionId>,
) -> Vec<SessionId> {
    let fault = store.fault;
    let in_steps = matches!(fault, Fault::RevocationListsThenEnds | Fault::RevocationInTwoSteps);
    let ending = store.with(|state, notes| {
        let ending = to_end(fault, state, notes, subject, spare);
        if fault != Fault::RevocationListsThenEnds {
            fence(fault, state, subject, spare, &ending);
        }
        if !in_steps {
            end(fault, state, subject, &ending);
        }
        ending
    });
    if in_steps {
        let first = ending.iter().take(usize::from(fault == Fault::RevocationInTwoSteps));
        store.with(|state, _| first.for_each(|id| drop(state.sessions.remove(id))));
        store.pause().await;
        store.with(|state, _| end(fault, state, subject, &ending));
    }
    match fault {
        Fault::RevocationReturnsOne => ending.into_iter().take(1).collect(),
        _ => ending,
    }
}

fn end(fault: Fault, state: &mut State, subject: &Subject, ending: &[SessionId]) {
    for id in ending {
        state.sessions.remove(id);
    }
    match fault {
        // Too late for the sign-ins that came while it was looking.
        Fault::RevocationListsThenEnds => state.revocations.count_subject(subject),
        Fault::RevocationEndsVisitors => state.sessions.retain(|_, loaded| loaded.row.subject.is_some()),
        _ => {}
    }
}

fn to_end(
    fault: Fault,
    state: &State,
    notes: &Notes,
    subject: &Subject,
    spare: Option<SessionId>,
) -> Vec<SessionId> {
    let mut found = listed(fault, state, notes, subject);
    found.retain(|(id, loaded)| match fault {
        Fault::RevocationForgetsSpare => true,
        Fault::RevocationOmitsExpired => Some(*id) != spare && loaded.row.expires_at > OWN_CLOCK,
        // What only its list has wrong, the revocation has right.
        Fault::ListMatchesPrefixes => Some(*id) != spare && loaded.row.subject.as_ref() == Some(subject),
        _ => Some(*id) != spare,
    });
    if matches!(fault, Fault::ListOmitsExpired | Fault::ListStopsAtHundred | Fault::ListHasNewestFirst) {
        return state.clone().revoke_subject(subject, spare);
    }
    found.into_iter().map(|(id, _)| id).collect()
}

fn fence(fault: Fault, state: &mut State, subject: &Subject, spare: Option<SessionId>, ending: &[SessionId]) {
    match fault {
        Fault::FenceNeedsSessions if ending.is_empty() => {}
        Fault::FenceNeedsNoSpare if spare.is_some() => {}
        Fault::FenceStopsOthers => state.revocations.count_everyone(),
        _ => state.revocations.count_subject(subject),
    }
}

pub(super) async fn revoke_everyone(store: &BrokenStore) -> u64 {
    let fault = store.fault;
    if matches!(fault, Fault::RevocationListsThenEnds | Fault::EveryoneInTwoSteps) {
        let seen = store.with(|state, _| {
            if fault == Fault::EveryoneInTwoSteps {
                state.revocations.count_everyone();
            }
            let seen: Vec<SessionId> = state.sessions.keys().copied().collect();
            let first = seen.iter().take(usize::from(fault == Fault::EveryoneInTwoSteps));
            first.for_each(|id| drop(state.sessions.remove(id)));
            seen
        });
        store.pause().await;
        return store.with(|state, _| {
            for id in &seen {
                state.sessions.remove(id);
            }
            if fault == Fault::RevocationListsThenEnds {
                state.revocations.count_everyone();
            }
            seen.len() as u64
        });
    }
    store.with(|state, notes| {
        let visitors: Vec<_> = state
            .sessions()
            .filter(|(_, loaded)| loaded.row.subject.is_none())
            .map(|(id, loaded)| (id, loaded.clone()))
            .collect();
        let ended = state.revoke_everyone();
        match fault {
            Fault::EveryoneSparesVisitors => {
                let spared = visitors.len() as u64;
                state.sessions.extend(visitors);
                ended - spared
            }
            Fault::EveryoneCountsSubjectsOnly => ended - visitors.len() as u64,
            _ => {
                notes.unlisted.clear();
                ended
            }
        }
    })
}
