//! Two nodes on one store, and a restart.

use std::sync::Arc;

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Store, Swap, Touched, Version,
};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::{Harness, or_duplicate};
use crate::conformance::samples::{
    ROUNDS, at, count_of, end, first_of, id, later, row, row_counting, row_with,
};
use crate::conformance::store::races::increment;
use crate::conformance::tasks::{both, staggered, together};

pub(crate) async fn what_one_node_wrote_the_other_reads<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("What has returned on one node is there on every other, at once.");
    let other = h.another_node().await?;
    h.begin(id(1), &row()).await?;
    let mut right = Loaded { row: row(), version: Version::FIRST };
    promise.gives("load of what was inserted elsewhere", other.load(id(1)).await?, Some(right.clone()))?;

    let row = row_with(b"written elsewhere");
    if let Swap::Done(version) = other.replace(id(1), Version::FIRST, &row).await? {
        right = Loaded { row, version };
    }
    promise.gives("load of what was replaced elsewhere", h.load(id(1)).await?, Some(right.clone()))?;

    promise.gives("touch", h.store().touch(id(1), later(500)).await?, Touched::Done)?;
    right.row = Row { last_seen_at: at(500), expires_at: end(500), ..right.row };
    promise.gives("load of what was touched elsewhere", other.load(id(1)).await?, Some(right))?;

    let taken = or_duplicate(other.insert(Insert { id: id(1), row: &row_with(b""), replaces: None }).await)?;
    promise.gives("insert of an ID that was taken elsewhere", taken, Err(ErrorKind::Duplicate))
}

pub(crate) async fn a_session_revoked_on_one_node_is_gone_on_the_other<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A session that was revoked on one node is gone on every other, at once.");
    let other = h.another_node().await?;
    for round in 0..ROUNDS {
        let id = id(round);
        h.begin(id, &row()).await?;
        // So that a node that keeps what it read has something to keep.
        promise.gives("whether it is there", other.load(id).await?.is_some(), true)?;
        promise.gives("revoke", h.store().revoke(id).await?, Revoked::Done)?;
        promise.gives("load_now elsewhere", other.load_now(id).transpose()?.flatten(), None)?;
        promise.gives("load elsewhere", other.load(id).await?, None)?;
        promise.gives("replace elsewhere", other.replace(id, Version::FIRST, &row()).await?, Swap::Gone)?;
        promise.gives("touch elsewhere", other.touch(id, later(1)).await?, Touched::Gone)?;
        promise.gives("revoke elsewhere", other.revoke(id).await?, Revoked::Absent)?;
        promise.gives("load", h.load(id).await?, None)?;
    }
    Ok(())
}

pub(crate) async fn increments_on_two_nodes_lose_nothing<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Read, replace, and again when lost, from two nodes: no increment is lost.");
    let other = h.another_node().await?;
    h.begin(id(1), &row_counting(0)).await?;
    let increments =
        (0..40).map(|number| increment(if number % 2 == 0 { h.node() } else { Arc::clone(&other) }));
    for done in together(increments).await {
        done?;
    }
    promise.gives("the count after 40 increments", count_of(&h.load_existing(id(1)).await?.row), Some(40))
}

pub(crate) async fn a_write_on_one_node_does_not_bring_back_what_another_revoked<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("From the moment that a revoke has returned on one node, no node loads the session.");
    let other = h.another_node().await?;
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let (writer, revoker) = (Arc::clone(&other), h.node());
        let (written, sightings) = both(
            async move {
                staggered(ROUNDS - round).await;
                let mut seen = Version::FIRST;
                for count in 0..5 {
                    let _ = writer.touch(id(round), later(count)).await?;
                    match writer.replace(id(round), seen, &row_counting(count)).await? {
                        Swap::Done(version) => seen = version,
                        Swap::Lost | Swap::Gone => break,
                    }
                }
                writer.load(id(round)).await.map(|_| ())
            },
            async move {
                staggered(round).await;
                let _ = revoker.revoke(id(round)).await?;
                revoker.load(id(round)).await
            },
        )
        .await;
        written?;
        promise.gives("load after the revoke", sightings?, None)?;
        promise.gives("load on the other node in the end", other.load(id(round)).await?, None)?;
    }
    Ok(())
}

pub(crate) async fn what_returned_outlives_a_restart<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("What has returned is durable: it is so after the store was closed and opened again.");
    let [inserted, written, revoked, replaced, heir, purged] = [1, 2, 3, 4, 5, 6].map(id);
    for id in [inserted, written, revoked, replaced] {
        h.begin(id, &row()).await?;
    }
    h.begin(purged, &Row { expires_at: at(10), ..row() }).await?;
    let version = h.write(written, &row_with(b"written")).await?;
    let _ = h.store().revoke(revoked).await?;
    let answer = h.insert(heir, &row(), Some(first_of(replaced))).await?;
    promise.gives("insert that replaces", answer, Ok(Inserted::Done))?;
    promise.gives("rows purged", h.store().purge(at(10), 10).await?, 1)?;

    let h = h.restarted().await?;
    let whole = Loaded { row: row(), version: Version::FIRST };
    promise.gives("load of what was inserted", h.load(inserted).await?, Some(whole.clone()))?;
    let right = Loaded { row: row_with(b"written"), version };
    promise.gives("load of what was replaced", h.load(written).await?, Some(right))?;
    promise.gives("load of what an insert created", h.load(heir).await?, Some(whole))?;
    h.is_gone(promise, revoked, Version::FIRST).await?;
    h.is_gone(promise, replaced, Version::FIRST).await?;
    h.is_gone(promise, purged, Version::FIRST).await?;
    let swap = h.store().replace(written, version, &row_with(b"written again")).await?;
    promise.holds(
        matches!(swap, Swap::Done(new) if new != version && new != Version::FIRST),
        format_args!("replace of the version from before the restart: {swap:?}"),
    )
}
