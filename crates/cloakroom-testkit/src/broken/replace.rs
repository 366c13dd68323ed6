//! Faults of replacing.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Row, Swap, Version};

use super::fault::Fault;
use super::notes::Notes;
use super::store::BrokenStore;
use crate::model::State;

pub(super) async fn replace(store: &BrokenStore, id: SessionId, seen: Version, row: &Row) -> Swap {
    match store.fault {
        Fault::ReplaceChecksThenWrites => compares_then_writes(store, id, seen, row).await,
        Fault::ReplaceInTwoSteps => writes_in_parts(store, id, seen, row).await,
        Fault::ReplaceBringsBack => reads_then_puts(store, id, seen, row).await,
        fault => store.with(|state, notes| in_one_step(fault, state, notes, (id, seen), row)),
    }
}

fn in_one_step(
    fault: Fault,
    state: &mut State,
    notes: &mut Notes,
    (id, seen): (SessionId, Version),
    row: &Row,
) -> Swap {
    if let (Fault::RevokeOnlyHides | Fault::PurgeOnlyHides, Some(loaded)) = (fault, notes.buried.remove(&id))
    {
        state.sessions.insert(id, loaded);
    }
    let Some(old) = state.load(id) else {
        if fault == Fault::ReplaceCreates {
            state.sessions.insert(id, Loaded { row: row.clone(), version: Version::FIRST });
            return Swap::Done(Version::FIRST);
        }
        return Swap::Gone;
    };
    let swap = match fault {
        Fault::ReplaceIgnoresVersion => state.replace(id, old.version, row),
        Fault::ReplaceResetsVersion => state.write(id, seen, Version::FIRST, row),
        Fault::ReplaceByEqualKeepsVersion if old.row == *row && old.version == seen => Swap::Done(seen),
        Fault::ReplaceForgetsColumns => {
            let Row { last_seen_at, expires_at, ref body, .. } = *row;
            state.replace(id, seen, &Row { last_seen_at, expires_at, body: body.clone(), ..old.row.clone() })
        }
        _ => state.replace(id, seen, row),
    };
    let Swap::Done(_) = swap else { return swap };
    notes.prolonged.insert(id);
    let Some(new) = state.sessions.get_mut(&id) else { return swap };
    match fault {
        Fault::ReplaceUndoesTouch => new.row = row.clone(),
        Fault::ReplaceKeepsTimestampsAsPair => {
            let later = if row.last_seen_at > old.row.last_seen_at { row } else { &old.row };
            (new.row.last_seen_at, new.row.expires_at) = (later.last_seen_at, later.expires_at);
        }
        Fault::ReplaceWritesNeighbour => {
            for loaded in state.sessions.range_mut(id..).take(2).map(|(_, loaded)| loaded) {
                loaded.row.body.clone_from(&row.body);
            }
        }
        _ => {}
    }
    swap
}

async fn compares_then_writes(store: &BrokenStore, id: SessionId, seen: Version, row: &Row) -> Swap {
    let swap = store.with(|state, _| state.clone().replace(id, seen, row));
    if let Swap::Done(_) = swap {
        store.pause().await;
        return store.with(|state, _| match state.load(id) {
            Some(loaded) => state.replace(id, loaded.version, row),
            None => Swap::Gone,
        });
    }
    swap
}

async fn writes_in_parts(store: &BrokenStore, id: SessionId, seen: Version, row: &Row) -> Swap {
    let begun = store.with(|state, _| {
        let swap = state.clone().replace(id, seen, row);
        if let (Swap::Done(_), Some(loaded)) = (swap, state.sessions.get_mut(&id)) {
            loaded.row.body.clone_from(&row.body);
        }
        swap
    });
    if let Swap::Done(_) = begun {
        store.pause().await;
        return store.with(|state, _| state.replace(id, seen, row));
    }
    begun
}

async fn reads_then_puts(store: &BrokenStore, id: SessionId, seen: Version, row: &Row) -> Swap {
    let Some(read) = store.with(|state, _| state.load(id)) else { return Swap::Gone };
    if read.version != seen {
        return Swap::Lost;
    }
    store.pause().await;
    store.with(|state, _| {
        if state.load(id).is_none() {
            state.sessions.insert(id, read);
        }
        state.replace(id, seen, row)
    })
}
