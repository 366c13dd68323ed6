//! Faults of revoking one session.

use cloakroom_core::SessionId;
use cloakroom_core::store::Revoked;

use super::fault::Fault;
use super::notes::Notes;
use super::store::BrokenStore;
use crate::model::State;

pub(super) async fn revoke(store: &BrokenStore, id: SessionId) -> Revoked {
    match store.fault {
        Fault::RevokeInTwoSteps => {
            store.with(|state, _| {
                if let Some(loaded) = state.sessions.get_mut(&id) {
                    loaded.row.body.clear();
                }
            });
            store.pause().await;
            store.with(|state, _| state.revoke(id))
        }
        Fault::RevokeChecksThenActs => {
            if store.with(|state, _| state.load(id)).is_none() {
                return Revoked::Absent;
            }
            store.pause().await;
            let _ = store.with(|state, _| state.revoke(id));
            Revoked::Done
        }
        fault => store.with(|state, notes| in_one_step(fault, state, notes, id)),
    }
}

fn in_one_step(fault: Fault, state: &mut State, notes: &mut Notes, id: SessionId) -> Revoked {
    let old = state.load(id);
    let revoked = state.revoke(id);
    match (fault, old) {
        (Fault::RevokeLeavesIndexEntry | Fault::CapCountsEnded, Some(loaded)) => {
            notes.ghosts.insert(id, loaded);
        }
        (Fault::RevokeOnlyHides, Some(loaded)) => {
            notes.buried.insert(id, loaded);
        }
        (Fault::PurgeCountsEnded, Some(loaded)) => notes.ended.push(loaded.row),
        (Fault::FenceIsSetByRevoke, Some(loaded)) => {
            if let Some(subject) = &loaded.row.subject {
                state.revocations.count_subject(subject);
            }
        }
        (Fault::RevokeEndsNeighbour, Some(_)) => {
            let next = state.sessions.range(id..).next().map(|(id, _)| *id);
            next.map(|next| state.sessions.remove(&next));
        }
        (Fault::RevokeAlwaysSaysDone, _) => return Revoked::Done,
        _ => {}
    }
    revoked
}
