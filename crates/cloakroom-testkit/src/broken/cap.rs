//! Faults of capping.

use cloakroom_core::SessionId;
use cloakroom_core::store::{CapPolicy, SubjectInsert, SubjectInserted};

use super::fault::Fault;
use super::notes::Notes;
use crate::model::{Duplicate, State};

/// A sign-in as the model does it, but for the sessions that the cap counts and ends.
pub(super) fn capped(
    fault: Fault,
    state: &mut State,
    notes: &mut Notes,
    sign_in: SubjectInsert<'_>,
) -> Result<SubjectInserted, Duplicate> {
    let uncapped = SubjectInsert { cap: None, ..sign_in };
    let trial = state.clone().insert_for_subject(uncapped)?;
    let (Some(cap), SubjectInserted::Done { .. }) = (sign_in.cap, &trial) else {
        return state.insert_for_subject(uncapped);
    };
    let sessions_max = match fault {
        Fault::CapLetsInOneMore => cap.sessions_max.get() + 1,
        Fault::CapLetsInOneLess => cap.sessions_max.get() - 1,
        _ => cap.sessions_max.get(),
    };
    let counted = counted(fault, state, notes, sign_in);
    let excess = (counted.len() + 1).saturating_sub(sessions_max);
    if excess > 0 && cap.policy == CapPolicy::RefuseNew {
        if let (Fault::CapRefusesButReplaces, Some(seen)) = (fault, sign_in.insert.replaces) {
            state.sessions.remove(&seen.id);
        }
        return Ok(SubjectInserted::Full);
    }
    let evicted: Vec<SessionId> = match fault {
        Fault::CapEvictsNewest => counted.into_iter().rev().take(excess).collect(),
        _ => counted.into_iter().take(excess).collect(),
    };
    if fault != Fault::CapOnlyNamesEvicted {
        for id in &evicted {
            if let (Some(loaded), Fault::EndedStayListed) = (state.sessions.remove(id), fault) {
                notes.ghosts.insert(*id, loaded);
            }
        }
    }
    let _ = state.insert_for_subject(uncapped)?;
    Ok(SubjectInserted::Done { evicted })
}

/// The sessions that the cap takes for live ones of the subject, the oldest first.
fn counted(fault: Fault, state: &State, notes: &Notes, sign_in: SubjectInsert<'_>) -> Vec<SessionId> {
    let replaced = sign_in.insert.replaces.map(|seen| seen.id);
    let ghosts =
        notes.ghosts.iter().filter(|_| fault == Fault::CapCountsEnded).map(|(id, loaded)| (*id, loaded));
    let mut counted: Vec<_> = state
        .sessions()
        .chain(ghosts)
        .filter(|(_, loaded)| {
            fault == Fault::CapCountsEverybody || loaded.row.subject == sign_in.insert.row.subject
        })
        .filter(|(id, loaded)| {
            let first = notes.first.get(id).filter(|_| fault == Fault::CapGoesByFirstEnd);
            let expires_at = first.map_or(loaded.row.expires_at, |row| row.expires_at);
            fault == Fault::CapCountsExpired || expires_at > sign_in.now
        })
        .filter(|(id, _)| fault == Fault::CapCountsReplaced || Some(*id) != replaced)
        .map(|(id, loaded)| (loaded.row.created_at, id))
        .collect();
    counted.sort_unstable();
    let makes_room = fault == Fault::CapMakesRoomForAnyReplaced && replaced.is_some();
    counted.into_iter().map(|(_, id)| id).skip(usize::from(makes_room)).collect()
}
