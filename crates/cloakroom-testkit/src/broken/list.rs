//! Faults of finding sessions.

use cloakroom_core::store::{Loaded, Page, PageCursor, Version, Wanted};
use cloakroom_core::{SessionId, Subject};

use super::fault::Fault;
use super::notes::Notes;
use super::store::{BrokenStore, OWN_CLOCK};
use crate::model::State;

type Found = Vec<(SessionId, Loaded)>;

pub(super) fn list(store: &BrokenStore, subject: &Subject) -> Found {
    store.with(|state, notes| listed(store.fault, state, notes, subject))
}

/// What the index of the faulty store has of a subject.
pub(super) fn listed(fault: Fault, state: &State, notes: &Notes, subject: &Subject) -> Found {
    let is_found = |id: SessionId, loaded: &Loaded| {
        let first = || notes.first.get(&id).and_then(|row| row.subject.as_ref());
        let owner =
            if fault == Fault::IndexKeepsFirstSubject { first() } else { loaded.row.subject.as_ref() };
        owner.is_some_and(|owner| match fault {
            Fault::ListMatchesPrefixes => owner.as_str().starts_with(subject.as_str()),
            Fault::IndexIgnoresCase => owner.as_str().eq_ignore_ascii_case(subject.as_str()),
            _ => owner == subject,
        })
    };
    let ghosts =
        notes.ghosts.iter().map(|(id, loaded)| (*id, loaded)).filter(|_| fault != Fault::CapCountsEnded);
    let mut found: Found = state
        .sessions()
        .filter(|(id, _)| !notes.unlisted.contains(id))
        .chain(ghosts)
        .filter(|(id, loaded)| is_found(*id, loaded))
        .map(|(id, loaded)| (id, loaded.clone()))
        .collect();
    found.sort_by_key(|(id, loaded)| (loaded.row.created_at, *id));
    match fault {
        Fault::ListOmitsExpired => found.retain(|(_, loaded)| loaded.row.expires_at > OWN_CLOCK),
        Fault::ListHasNewestFirst => found.reverse(),
        Fault::ListStopsAtHundred => found.truncate(100),
        Fault::ListShowsRowsAsInserted => {
            for (id, loaded) in &mut found {
                if let Some(row) = notes.first.get(id) {
                    *loaded = Loaded { row: row.clone(), version: Version::FIRST };
                }
            }
        }
        _ => {}
    }
    found
}

pub(super) fn search(
    store: &BrokenStore,
    wanted: &Wanted,
    after: Option<&PageCursor>,
    rows_max: usize,
) -> Page {
    let address = wanted.address.filter(|_| store.fault != Fault::SearchIgnoresAddress);
    let mut found = page(store, after, rows_max).only(&Wanted { address, ..wanted.clone() });
    if store.fault == Fault::SearchEndsWithEmptyPage && found.sessions.is_empty() {
        found.next = None;
    }
    found
}

pub(super) fn page(store: &BrokenStore, after: Option<&PageCursor>, rows_max: usize) -> Page {
    let fault = store.fault;
    let after = after.and_then(PageCursor::session_id);
    let sorts_as = |id: SessionId| {
        let mut octets = *id.as_octets();
        if fault == Fault::PageSortsOtherwise {
            octets.reverse();
        }
        octets
    };
    let is_above = |id: SessionId| {
        after.is_none_or(|after| id > after || (fault == Fault::PageRepeatsItsStart && id == after))
    };
    store.with(|state, notes| {
        let mut found: Found = state
            .sessions()
            .chain(notes.ghosts.iter().map(|(id, loaded)| (*id, loaded)))
            .filter(|(id, _)| is_above(*id))
            .filter(|(_, loaded)| fault != Fault::PageOmitsVisitors || loaded.row.subject.is_some())
            .filter(|(id, _)| fault != Fault::CapCountsEnded || state.sessions.contains_key(id))
            .map(|(id, loaded)| (id, loaded.clone()))
            .collect();
        found.sort_by_key(|(id, _)| sorts_as(*id));
        if fault != Fault::PageIgnoresRowsMax {
            found.truncate(rows_max);
        }
        Page::in_order_of_ids(found, rows_max)
    })
}
