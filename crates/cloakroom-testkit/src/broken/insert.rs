//! Faults of inserting.

use cloakroom_core::SessionId;
use cloakroom_core::store::{ErrorKind, Insert, Inserted, Seen, StoreError, Version};

use super::fault::Fault;
use super::notes::Notes;
use super::store::BrokenStore;
use crate::model::{Duplicate, State};

pub(super) async fn insert(store: &BrokenStore, insert: Insert<'_>) -> Result<Inserted, StoreError> {
    let answer = match store.fault {
        Fault::InsertInTwoSteps => ends_then_creates(store, insert).await,
        Fault::InsertChecksThenActs => checks_then_acts(store, insert).await,
        fault => store.with(|state, notes| in_one_step(fault, state, notes, insert)),
    };
    answer.map_err(|Duplicate| store.error(ErrorKind::Duplicate, "insert"))
}

fn in_one_step(
    fault: Fault,
    state: &mut State,
    notes: &mut Notes,
    insert: Insert<'_>,
) -> Result<Inserted, Duplicate> {
    let old = insert.replaces.and_then(|seen| state.load(seen.id).map(|loaded| (seen.id, loaded)));
    let insert = match (fault, insert.replaces, &old) {
        (Fault::InsertIgnoresVersion, Some(seen), Some((_, loaded))) => {
            Insert { replaces: Some(Seen { version: loaded.version, ..seen }), ..insert }
        }
        (Fault::InsertThoughGone, _, None) => Insert { replaces: None, ..insert },
        _ => insert,
    };
    if fault == Fault::InsertOverwrites {
        state.sessions.remove(&insert.id);
    }
    let answer = state.insert(insert);
    if let (Fault::InsertBeginsAtZero, Some(loaded)) = (fault, state.sessions.get_mut(&insert.id)) {
        loaded.version = Version::from_number(0);
    }
    match (fault, answer, old) {
        (Fault::InsertEndsPredecessorOfDuplicate, Err(Duplicate), Some((id, _))) => {
            state.sessions.remove(&id);
        }
        (Fault::InsertKeepsPredecessor, Ok(Inserted::Done), Some((id, loaded))) => {
            state.sessions.insert(id, loaded);
        }
        (Fault::InsertEndsNeighbour, Ok(Inserted::Done), _) => {
            state.sessions.retain(|id, _| Some(*id) != neighbour(&insert, *id));
        }
        (Fault::EndedStayListed | Fault::CapCountsEnded, Ok(Inserted::Done), Some((id, loaded))) => {
            notes.ghosts.insert(id, loaded);
        }
        (Fault::PurgeCountsEnded, Ok(Inserted::Done), Some((_, loaded))) => notes.ended.push(loaded.row),
        (Fault::InsertsAreNotListed, Ok(Inserted::Done), _) => {
            notes.unlisted.insert(insert.id);
        }
        _ => {}
    }
    if answer == Ok(Inserted::Done) {
        notes.first.insert(insert.id, insert.row.clone());
    }
    answer
}

/// `id`, when an insert that takes the neighbours of its predecessor along ends it.
fn neighbour(insert: &Insert<'_>, id: SessionId) -> Option<SessionId> {
    insert.replaces.filter(|seen| id > seen.id && id != insert.id).map(|_| id)
}

async fn ends_then_creates(store: &BrokenStore, insert: Insert<'_>) -> Result<Inserted, Duplicate> {
    let answer = store.with(|state, _| {
        let answer = state.insert(insert);
        if answer == Ok(Inserted::Done) {
            state.sessions.remove(&insert.id);
        }
        answer
    });
    if answer != Ok(Inserted::Done) {
        return answer;
    }
    store.pause().await;
    store.with(|state, _| state.insert(Insert { replaces: None, ..insert }))
}

async fn checks_then_acts(store: &BrokenStore, insert: Insert<'_>) -> Result<Inserted, Duplicate> {
    let answer = store.with(|state, _| state.clone().insert(insert));
    if answer == Ok(Inserted::Done) {
        store.pause().await;
        return store.with(|state, _| {
            state.sessions.remove(&insert.id);
            insert.replaces.map(|seen| state.sessions.remove(&seen.id));
            state.insert(Insert { replaces: None, ..insert })
        });
    }
    answer
}
