//! Faults of purging.

use cloakroom_core::store::Loaded;
use cloakroom_core::{SessionId, Timestamp};

use super::fault::Fault;
use super::notes::Notes;
use super::store::BrokenStore;
use crate::model::{Revocations, State};

pub(super) async fn purge(store: &BrokenStore, now: Timestamp, rows_max: usize) -> usize {
    if store.fault == Fault::PurgeChecksThenRemoves {
        let due = store.with(|state, notes| due(store.fault, state, notes, now));
        store.pause().await;
        return store.with(|state, _| {
            due.iter().take(rows_max).filter(|id| state.sessions.remove(id).is_some()).count()
        });
    }
    store.with(|state, notes| in_one_step(store.fault, state, notes, now, rows_max))
}

fn in_one_step(fault: Fault, state: &mut State, notes: &mut Notes, now: Timestamp, rows_max: usize) -> usize {
    let rows_max = match fault {
        Fault::PurgeIgnoresRowsMax => usize::MAX,
        Fault::PurgeStopsEarly => rows_max.min(3),
        Fault::PurgeOverflows => usize::try_from(rows_max.cast_signed()).unwrap_or_default(),
        _ => rows_max,
    };
    let due = due(fault, state, notes, now);
    let mut removed = 0;
    for id in due.into_iter().take(rows_max) {
        let Some(loaded) = state.sessions.remove(&id) else { continue };
        removed += 1;
        match fault {
            Fault::PurgeOnlyHides => drop(notes.buried.insert(id, loaded)),
            Fault::EndedStayListed | Fault::CapCountsEnded => drop(notes.ghosts.insert(id, loaded)),
            _ => {}
        }
    }
    match fault {
        Fault::PurgeTakesLive if removed > 0 => {
            let next = state.sessions.keys().next().copied();
            next.map(|next| state.sessions.remove(&next));
        }
        Fault::PurgeCountsEnded => {
            let before = notes.ended.len();
            notes.ended.retain(|row| row.expires_at > now);
            removed += before - notes.ended.len();
        }
        Fault::PurgeUnlistsProlonged => notes.unlisted.extend(&notes.prolonged),
        Fault::FenceIsPurged => state.revocations = Revocations::default(),
        _ => {}
    }
    removed
}

fn due(fault: Fault, state: &State, notes: &Notes, now: Timestamp) -> Vec<SessionId> {
    let is_due = |id: SessionId, loaded: &Loaded| match fault {
        Fault::PurgeSparesNow => loaded.row.expires_at < now,
        Fault::PurgeGoesByFirstEnd => {
            notes.first.get(&id).is_some_and(|row| row.expires_at <= now) || loaded.row.expires_at <= now
        }
        Fault::PurgeForgetsProlonged => loaded.row.expires_at <= now && !notes.prolonged.contains(&id),
        _ => loaded.row.expires_at <= now,
    };
    state.sessions().filter(|(id, loaded)| is_due(*id, loaded)).map(|(id, _)| id).collect()
}
