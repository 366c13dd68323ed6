//! Faults of touching.

use cloakroom_core::store::{Loaded, Row, RowBody, Touch, Touched, Version};
use cloakroom_core::{SessionId, Timestamp};

use super::fault::Fault;
use super::notes::Notes;
use super::store::{BrokenStore, OWN_CLOCK};
use crate::model::State;

pub(super) async fn touch(store: &BrokenStore, id: SessionId, touch: Touch) -> Touched {
    match store.fault {
        Fault::TouchInTwoSteps => moves_one_by_one(store, id, touch).await,
        Fault::TouchBringsBack => reads_then_puts(store, id, touch).await,
        fault => store.with(|state, notes| in_one_step(fault, state, notes, id, touch)),
    }
}

fn in_one_step(fault: Fault, state: &mut State, notes: &mut Notes, id: SessionId, touch: Touch) -> Touched {
    let Touch { last_seen_at, expires_at } = touch;
    let Some(old) = state.load(id) else {
        if fault == Fault::TouchCreates {
            let row = Row {
                subject: None,
                created_at: last_seen_at,
                last_seen_at,
                expires_at,
                address: None,
                body: RowBody::new(),
            };
            state.sessions.insert(id, Loaded { row, version: Version::FIRST });
        }
        return Touched::Gone;
    };
    if fault == Fault::TouchJudges && old.row.expires_at <= OWN_CLOCK {
        return Touched::Gone;
    }
    let touched = state.touch(id, touch);
    notes.prolonged.insert(id);
    let Some(new) = state.sessions.get_mut(&id) else { return touched };
    match fault {
        Fault::TouchMovesBack => (new.row.last_seen_at, new.row.expires_at) = (last_seen_at, expires_at),
        Fault::TouchChangesVersion => new.version = new.version.next(),
        Fault::TouchMovesTimestampsAsPair
            if last_seen_at < old.row.last_seen_at || expires_at < old.row.expires_at =>
        {
            *new = old;
        }
        Fault::TouchEmptiesColumn => new.row.address = None,
        Fault::TouchMovesNeighbour => {
            for loaded in state.sessions.range_mut(id..).take(2).map(|(_, loaded)| loaded) {
                loaded.row.last_seen_at = loaded.row.last_seen_at.max(last_seen_at);
            }
        }
        _ => {}
    }
    touched
}

async fn moves_one_by_one(store: &BrokenStore, id: SessionId, touch: Touch) -> Touched {
    let only_seen = Touch { expires_at: Timestamp::EPOCH, ..touch };
    if store.with(|state, _| state.touch(id, only_seen)) == Touched::Gone {
        return Touched::Gone;
    }
    store.pause().await;
    store.with(|state, _| state.touch(id, touch))
}

async fn reads_then_puts(store: &BrokenStore, id: SessionId, touch: Touch) -> Touched {
    let Some(read) = store.with(|state, _| state.load(id)) else { return Touched::Gone };
    store.pause().await;
    store.with(|state, _| {
        state.sessions.insert(id, read);
        state.touch(id, touch)
    })
}
