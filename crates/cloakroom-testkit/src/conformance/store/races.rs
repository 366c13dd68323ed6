//! Many callers at once: somebody wins, and nothing is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloakroom_core::Timestamp;
use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Store, StoreError, Swap, Touched, Version,
};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::{Harness, or_duplicate};
use crate::conformance::samples::{
    ROUNDS, at, count_of, end, first_of, id, later, row, row_counting, row_with,
};
use crate::conformance::tasks::{beside, both, staggered, together};

pub(crate) async fn of_many_replaces_of_one_version_one_wins<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("Of any number of replaces that saw one version, exactly one is done; the others are lost.");
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let tasks = (0..8_u64).map(|writer| {
            let store = h.node();
            async move { store.replace(id(round), Version::FIRST, &row_counting(writer)).await }
        });
        let mut winners = Vec::new();
        for (writer, swap) in (0..).zip(together(tasks).await) {
            match swap? {
                Swap::Done(version) => winners.push(Loaded { row: row_counting(writer), version }),
                swap => promise.gives("replace that did not win", swap, Swap::Lost)?,
            }
        }
        promise.gives("replaces that are done", winners.len(), 1)?;
        promise.gives("load after the race", h.load(id(round)).await?, winners.pop())?;
    }
    Ok(())
}

pub(crate) async fn a_hundred_concurrent_increments_lose_nothing<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Read, replace, and again when lost: no increment is lost.");
    h.begin(id(1), &row_counting(0)).await?;
    let increments = (0..100).map(|_| increment(h.node()));
    for done in together(increments).await {
        done?;
    }
    promise.gives("the count after 100 increments", count_of(&h.load_existing(id(1)).await?.row), Some(100))
}

/// Adds one to the count of session 1; returns early when there is none, which the check sees by the count.
pub(crate) async fn increment<S: Store>(store: Arc<S>) -> Result<(), StoreError> {
    while let Some(Loaded { row, version }) = store.load(id(1)).await? {
        let Some(count) = count_of(&row) else { return Ok(()) };
        match store.replace(id(1), version, &row_counting(count + 1)).await? {
            Swap::Done(_) | Swap::Gone => return Ok(()),
            Swap::Lost => tokio::task::yield_now().await,
        }
    }
    Ok(())
}

pub(crate) async fn of_many_inserts_that_replace_one_session_one_wins<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise(
        "Of any number of inserts that replace one session, exactly one is done; the others say gone.",
    );
    for round in 0..ROUNDS {
        let old = id(round * 100);
        h.begin(old, &row()).await?;
        let tasks = (1..=8).map(|writer| {
            let store = h.node();
            let new = id(round * 100 + writer);
            async move { store.insert(Insert { id: new, row: &row(), replaces: Some(first_of(old)) }).await }
        });
        let mut winners = 0;
        for (writer, inserted) in (1..).zip(together(tasks).await) {
            let inserted = inserted?;
            let is_there = h.load(id(round * 100 + writer)).await?.is_some();
            promise.gives(
                "whether a session is there, against the answer",
                is_there,
                inserted == Inserted::Done,
            )?;
            if inserted == Inserted::Done {
                winners += 1;
            } else {
                promise.gives("insert that did not win", inserted, Inserted::Gone)?;
            }
        }
        promise.gives("inserts that are done", winners, 1)?;
        promise.gives("load of the session that they replace", h.load(old).await?, None)?;
    }
    Ok(())
}

pub(crate) async fn of_many_inserts_of_one_id_one_wins<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("Of any number of inserts of one ID, exactly one is done; the others are duplicates.");
    for round in 0..ROUNDS {
        let tasks = (0..8_u64).map(|writer| {
            let store = h.node();
            async move {
                let row = row_counting(writer);
                or_duplicate(store.insert(Insert { id: id(round), row: &row, replaces: None }).await)
            }
        });
        let mut winners = Vec::new();
        for (writer, inserted) in (0..).zip(together(tasks).await) {
            match inserted? {
                Ok(Inserted::Done) => winners.push(row_counting(writer)),
                inserted => promise.gives("insert that did not win", inserted, Err(ErrorKind::Duplicate))?,
            }
        }
        promise.gives("inserts that are done", winners.len(), 1)?;
        promise.gives("row after the race", Some(h.load_existing(id(round)).await?.row), winners.pop())?;
    }
    Ok(())
}

pub(crate) async fn of_many_revokes_one_ends_the_session<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Of any number of revokes of one session, exactly one ended it.");
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let tasks = (0..4).map(|_| {
            let store = h.node();
            async move { store.revoke(id(round)).await }
        });
        let mut ended = 0;
        for revoked in together(tasks).await {
            ended += usize::from(revoked? == Revoked::Done);
        }
        promise.gives("revokes that say done", ended, 1)?;
    }
    Ok(())
}

pub(crate) async fn a_touch_beside_a_replace_is_not_lost<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("A touch and a replace at the same moment both hold, in whichever order they came.");
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let (user, other) = (h.node(), h.node());
        let touch = async move {
            staggered(round).await;
            user.touch(id(round), later(1_000)).await
        };
        let replace = async move {
            staggered(ROUNDS - round).await;
            other.replace(id(round), Version::FIRST, &row_with(b"written")).await
        };
        let (touched, swap) = both(touch, replace).await;
        promise.gives("touch", touched?, Touched::Done)?;
        let swap = swap?;
        promise.holds(matches!(swap, Swap::Done(_)), format_args!("replace: {swap:?}"))?;
        let right = Row { last_seen_at: at(1_000), expires_at: end(1_000), ..row_with(b"written") };
        promise.gives("row after both", h.load_existing(id(round)).await?.row, right)?;
    }
    Ok(())
}

pub(crate) async fn a_session_that_was_prolonged_outlives_a_concurrent_purge<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("Whoever is told that a session was prolonged finds it after a purge at the old end.");
    for round in 0..ROUNDS {
        let sessions: Vec<_> = (0..6).map(|number| id(round * 10 + number)).collect();
        for id in &sessions {
            h.begin(*id, &row()).await?;
        }
        let users = (0..).zip(sessions.clone()).map(|(number, id)| {
            let store = h.node();
            async move {
                staggered(ROUNDS - round + number).await;
                if number % 2 == 0 {
                    return Ok(store.touch(id, later(1_000)).await? == Touched::Done);
                }
                let longer = Row { expires_at: end(1_000), ..row() };
                Ok::<_, StoreError>(matches!(
                    store.replace(id, Version::FIRST, &longer).await?,
                    Swap::Done(_)
                ))
            }
        });
        let store = h.node();
        let purge = async move {
            staggered(round).await;
            store.purge(end(0), 100).await
        };
        let (purged, prolonged) = beside(purge, users).await;
        let mut gone = 0;
        for (id, prolonged) in sessions.into_iter().zip(prolonged) {
            let is_there = h.load(id).await?.is_some();
            promise.gives(
                "whether a session is there, against what its user was told",
                is_there,
                prolonged?,
            )?;
            gone += usize::from(!is_there);
        }
        promise.gives("rows that the purge says it removed", purged?, gone)?;
        h.store().purge(end(1_000), 100).await?;
    }
    Ok(())
}

pub(crate) async fn a_load_beside_writes_sees_whole_rows<S: Store>(h: Harness<S>) -> Outcome {
    const WRITERS: u8 = 4;
    let promise = Promise("A load sees a row as one write left it, never parts of two.");
    h.begin(id(1), &marked(0)).await?;
    let at_work = Arc::new(AtomicUsize::new(WRITERS.into()));
    let writers = (1..=WRITERS).map(|writer| {
        let (store, at_work) = (h.node(), Arc::clone(&at_work));
        async move {
            for step in 0..25 {
                if let Some(Loaded { version, .. }) = store.load(id(1)).await? {
                    let _ = store.replace(id(1), version, &marked(writer * 50 + step)).await?;
                }
            }
            at_work.fetch_sub(1, Ordering::Relaxed);
            Ok::<_, StoreError>(Vec::new())
        }
    });
    let readers = (0..4).map(|_| {
        let (store, at_work) = (h.node(), Arc::clone(&at_work));
        async move {
            let mut seen = BTreeSet::new();
            let mut rows = Vec::new();
            while at_work.load(Ordering::Relaxed) > 0 {
                let Some(Loaded { row, .. }) = store.load(id(1)).await? else { continue };
                if seen.insert((row.created_at, row.address, row.body.clone())) {
                    rows.push(row);
                }
                tokio::task::yield_now().await;
            }
            Ok(rows)
        }
    });
    let tasks = writers.map(boxed).chain(readers.map(boxed));
    for rows in together(tasks).await {
        for row in rows? {
            let mark = row.body.first().copied().unwrap_or_default();
            let is_whole = Row { expires_at: marked(mark).expires_at, ..row.clone() } == marked(mark);
            promise.holds(is_whole, format_args!("a load gave {row:?}"))?;
        }
    }
    Ok(())
}

/// A row all of whose columns tell of one mark; but for the timestamps that a replace may keep from before.
fn marked(mark: u8) -> Row {
    Row {
        created_at: Timestamp::from_millis(u64::from(mark)),
        address: Some([mark; 4].into()),
        ..row_with(&vec![mark; 1 + usize::from(mark) * 20])
    }
}

type Task<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

fn boxed<T>(task: impl Future<Output = T> + Send + 'static) -> Task<T> {
    Box::pin(task)
}
