//! Rubbish is collected, and nothing but rubbish.

use cloakroom_core::Timestamp;
use cloakroom_core::store::{Loaded, Row, Store, Version};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{at, end, first_of, id, later, row, row_with};

pub(crate) async fn a_purge_takes_the_rows_that_expire_at_or_before_now<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge takes the rows whose expires_at is at or before now, to the millisecond.");
    for (number, expires_at) in (1..).zip([at(0), at(999), at(1_000), at(1_001), end(0)]) {
        h.begin(id(number), &Row { expires_at, ..row() }).await?;
    }
    promise.gives("rows removed", h.store().purge(at(1_000), 100).await?, 3)?;
    for number in 1..=5 {
        let is_there = h.load(id(number)).await?.is_some();
        promise.gives(&format!("whether row {number} of 5 is there"), is_there, number > 3)?;
    }
    promise.gives("rows removed by the same purge again", h.store().purge(at(1_000), 100).await?, 0)
}

pub(crate) async fn a_purge_removes_at_most_rows_max_and_counts_them<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge removes up to rows_max rows and says how many it removed.");
    for number in 0..25 {
        h.begin(id(number), &Row { expires_at: at(number), ..row() }).await?;
    }
    let mut there = 25;
    loop {
        let removed = h.store().purge(at(1_000), 10).await?;
        let left = existing(&h, 0..25).await?;
        promise.gives("rows that are gone after a purge, against its count", there - left, removed)?;
        promise.holds(removed <= 10, format_args!("purge of up to 10 rows removed {removed}"))?;
        there = left;
        if removed < 10 {
            break;
        }
    }
    promise.gives("due rows after a purge that removed fewer than it might", there, 0)
}

pub(crate) async fn a_purge_spares_what_is_live<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge leaves a row that is not due as it is.");
    for number in 0..50 {
        let expires_at = if number % 2 == 0 { at(0) } else { end(0) };
        h.begin(id(number), &Row { expires_at, ..row() }).await?;
    }
    purge_all(&h, at(1_000)).await?;
    let live = Loaded { row: row(), version: Version::FIRST };
    for number in (0..50).filter(|number| number % 2 == 1) {
        promise.gives("load of a live session", h.load(id(number)).await?, Some(live.clone()))?;
    }
    Ok(())
}

pub(crate) async fn a_purge_spares_a_session_that_was_touched<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge goes by the expires_at that the last touch left.");
    for number in 1..=2 {
        h.begin(id(number), &row()).await?;
    }
    let _ = h.store().touch(id(1), later(1_000)).await?;
    promise.gives("rows removed at the old end", h.store().purge(end(0), 100).await?, 1)?;
    promise.gives("whether the touched session is there", h.load(id(1)).await?.is_some(), true)?;
    promise.gives("rows removed just before the new end", h.store().purge(end(999), 100).await?, 0)?;
    promise.gives("rows removed at the new end", h.store().purge(end(1_000), 100).await?, 1)?;
    promise.gives("load at the new end", h.load(id(1)).await?, None)
}

pub(crate) async fn a_purge_spares_a_session_that_was_prolonged_by_a_replace<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("A purge goes by the expires_at that the last replace left.");
    for number in 1..=2 {
        h.begin(id(number), &row()).await?;
    }
    h.write(id(1), &Row { expires_at: end(1_000), ..row() }).await?;
    promise.gives("rows removed at the old end", h.store().purge(end(0), 100).await?, 1)?;
    promise.gives("whether the written session is there", h.load(id(1)).await?.is_some(), true)?;
    promise.gives("rows removed just before the new end", h.store().purge(end(999), 100).await?, 0)?;
    promise.gives("rows removed at the new end", h.store().purge(end(1_000), 100).await?, 1)?;
    promise.gives("load at the new end", h.load(id(1)).await?, None)
}

pub(crate) async fn a_purge_counts_no_session_that_was_ended_before<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge counts the rows that it removed, not those that were ended before.");
    for number in 1..=4 {
        h.begin(id(number), &row()).await?;
    }
    let _ = h.store().revoke(id(1)).await?;
    let _ = h.insert(id(5), &Row { expires_at: end(5_000), ..row() }, Some(first_of(id(2)))).await?;
    promise.gives("rows removed", h.store().purge(end(0), 100).await?, 2)?;
    promise.gives("rows removed later", h.store().purge(end(5_000), 100).await?, 1)
}

pub(crate) async fn a_purged_session_is_gone_for_every_operation<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purged session is gone: no load finds it, and no operation brings it back.");
    h.begin(id(1), &row()).await?;
    let version = h.write(id(1), &row_with(b"written")).await?;
    purge_all(&h, end(0)).await?;
    h.is_gone(promise, id(1), version).await
}

pub(crate) async fn a_purge_takes_any_moment_and_any_number_of_rows<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A purge takes any moment and any number of rows.");
    h.begin(id(1), &Row { expires_at: Timestamp::from_millis(1), ..row() }).await?;
    h.begin(id(2), &Row { expires_at: Timestamp::MAX, ..row() }).await?;
    promise.gives("purge at the epoch", h.store().purge(Timestamp::EPOCH, 1).await?, 0)?;
    promise.gives("purge of any number of rows", h.store().purge(end(0), usize::MAX).await?, 1)?;
    promise.gives("whether a row without an end is there", h.load(id(2)).await?.is_some(), true)?;
    promise.gives("purge at the largest moment", h.store().purge(Timestamp::MAX, usize::MAX).await?, 1)
}

/// Purges as a caller does: until fewer rows than it might have were removed.
async fn purge_all<S: Store>(h: &Harness<S>, now: Timestamp) -> Outcome {
    while h.store().purge(now, 20).await? >= 20 {}
    Ok(())
}

async fn existing<S: Store>(h: &Harness<S>, numbers: std::ops::Range<u64>) -> Result<usize, Failure> {
    let mut found = 0;
    for number in numbers {
        found += usize::from(h.load(id(number)).await?.is_some());
    }
    Ok(found)
}
