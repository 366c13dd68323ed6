//! Callers that give up: a dropped future has had its effect or none, never half of it.

use cloakroom_core::store::{Insert, Loaded, Revoked, Row, Store, Swap, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{at, end, first_of, id, later, row, row_with};
use crate::conformance::tasks::dropped_after;

const NEVER_HALF: Promise =
    Promise("A future that is dropped has had its effect or none, but never half of it.");

/// A future of a store that is polled more often than this was woken for nothing.
const POLLS_MAX: usize = 64;

pub(crate) async fn a_dropped_insert_is_whole_or_nothing<S: Store>(h: Harness<S>) -> Outcome {
    for polls in 0..POLLS_MAX {
        let (old, new) = (id(polls as u64 * 2), id(polls as u64 * 2 + 1));
        h.begin(old, &row()).await?;
        let row = row_with(&[7; 500]);
        let insert = h.store().insert(Insert { id: new, row: &row, replaces: Some(first_of(old)) });
        let done = dropped_after(polls, insert).await.transpose()?;

        // What was given up may still arrive between two loads, so the order of the loads matters.
        let new_at_first = h.store().load(new).await?;
        let old_then = h.store().load(old).await?;
        let new_at_last = h.store().load(new).await?;
        if new_at_first.is_some() {
            NEVER_HALF.gives(
                "load of the replaced session once the new one is there",
                old_then.clone(),
                None,
            )?;
        }
        if old_then.is_none() {
            let right = Loaded { row, version: Version::FIRST };
            NEVER_HALF.gives("load of the new session once the old one is gone", new_at_last, Some(right))?;
        }
        if done.is_some() {
            break;
        }
    }
    Ok(())
}

pub(crate) async fn a_dropped_replace_is_whole_or_nothing<S: Store>(h: Harness<S>) -> Outcome {
    for polls in 0..POLLS_MAX {
        let id = id(polls as u64);
        h.begin(id, &row()).await?;
        let new = Row { created_at: at(5), address: Some([192, 0, 2, 7].into()), ..row_with(&[7; 500]) };
        let done = dropped_after(polls, h.store().replace(id, Version::FIRST, &new)).await.transpose()?;
        let Some(Loaded { row: there, version }) = h.store().load(id).await? else {
            return NEVER_HALF.holds(false, "the session was gone after a dropped replace");
        };
        let right = if there.created_at == at(5) { new } else { row() };
        NEVER_HALF.gives("row after a dropped replace", there.clone(), right)?;
        let was_written = there != row();
        NEVER_HALF.gives("whether it has a new version", version != Version::FIRST, was_written)?;
        if done.is_some() {
            break;
        }
    }
    Ok(())
}

pub(crate) async fn a_dropped_touch_is_whole_or_nothing<S: Store>(h: Harness<S>) -> Outcome {
    for polls in 0..POLLS_MAX {
        let id = id(polls as u64);
        h.begin(id, &row()).await?;
        let done = dropped_after(polls, h.store().touch(id, later(500))).await.transpose()?;
        let there = h.store().load(id).await?;
        let touched = Row { last_seen_at: at(500), expires_at: end(500), ..row() };
        let right = if there.as_ref().is_some_and(|there| there.row.last_seen_at == at(500)) {
            touched
        } else {
            row()
        };
        let right = Loaded { row: right, version: Version::FIRST };
        NEVER_HALF.gives("load after a dropped touch", there, Some(right))?;
        if done.is_some() {
            break;
        }
    }
    Ok(())
}

pub(crate) async fn a_dropped_revoke_is_whole_or_nothing<S: Store>(h: Harness<S>) -> Outcome {
    for polls in 0..POLLS_MAX {
        let id = id(polls as u64);
        h.begin(id, &row()).await?;
        let done = dropped_after(polls, h.store().revoke(id)).await.transpose()?;
        let there = h.store().load(id).await?;
        let whole = Loaded { row: row(), version: Version::FIRST };
        NEVER_HALF.holds(
            there.as_ref().is_none_or(|there| *there == whole),
            format_args!("load after a dropped revoke: {there:?}"),
        )?;
        if there.is_none() {
            NEVER_HALF.gives("second revoke", h.store().revoke(id).await?, Revoked::Absent)?;
        }
        if done.is_some() {
            break;
        }
    }
    Ok(())
}

pub(crate) async fn the_store_works_on_after_futures_were_dropped<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A dropped future holds nothing that another caller waits for.");
    for round in 0..50 {
        let (known, new) = (id(1_000 + round), id(2_000 + round));
        h.begin(known, &row()).await?;
        for polls in 0..3 {
            let _ = dropped_after(polls, h.store().load(known)).await;
            let row = row();
            let _ =
                dropped_after(polls, h.store().insert(Insert { id: new, row: &row, replaces: None })).await;
            let _ = dropped_after(polls, h.store().touch(known, later(1))).await;
            let _ = dropped_after(polls, h.store().replace(known, Version::FIRST, &row)).await;
            let _ = dropped_after(polls, h.store().purge(at(0), 10)).await;
            let _ = dropped_after(polls, h.store().revoke(known)).await;
        }
    }
    h.begin(id(1), &row()).await?;
    let swap = h.store().replace(id(1), Version::FIRST, &row_with(b"written")).await?;
    promise.holds(matches!(swap, Swap::Done(_)), format_args!("replace: {swap:?}"))?;
    promise.gives("revoke", h.store().revoke(id(1)).await?, Revoked::Done)?;
    promise.gives("load", h.load(id(1)).await?, None)
}
