//! Whatever is in flight when a session is revoked, it stays revoked.

use std::sync::Arc;

use cloakroom_core::SessionId;
use cloakroom_core::store::{Insert, Inserted, Revoked, Store, StoreError, Swap, Touched, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{ROUNDS, first_of, id, later, row, row_counting};
use crate::conformance::tasks::{both, staggered};

const STAYS_GONE: Promise = Promise("From the moment that a revoke has returned, no load finds the session.");

pub(crate) async fn a_replace_in_flight_does_not_bring_back_a_revoked_session<S: Store>(
    h: Harness<S>,
) -> Outcome {
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let store = h.node();
        let in_flight = async move {
            staggered(ROUNDS - round).await;
            let mut seen = Version::FIRST;
            for count in 0..10 {
                match store.replace(id(round), seen, &row_counting(count)).await? {
                    Swap::Done(version) => seen = version,
                    Swap::Lost | Swap::Gone => break,
                }
            }
            Ok(())
        };
        revoke_beside(&h, (round, id(round)), in_flight).await?;
    }
    Ok(())
}

pub(crate) async fn a_touch_in_flight_does_not_bring_back_a_revoked_session<S: Store>(
    h: Harness<S>,
) -> Outcome {
    for round in 0..ROUNDS {
        h.begin(id(round), &row()).await?;
        let store = h.node();
        let in_flight = async move {
            staggered(ROUNDS - round).await;
            for step in 0..20 {
                if store.touch(id(round), later(step)).await? == Touched::Gone {
                    break;
                }
            }
            Ok(())
        };
        revoke_beside(&h, (round, id(round)), in_flight).await?;
    }
    Ok(())
}

pub(crate) async fn a_revoke_and_an_insert_that_replaces_agree_on_who_was_first<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise(
        "Either a revoke ends the session, or the insert that replaces it does; never both, never none.",
    );
    for round in 0..ROUNDS {
        let (old, new) = (id(round * 2), id(round * 2 + 1));
        h.begin(old, &row()).await?;
        let (user, other) = (h.node(), h.node());
        let insert = async move {
            staggered(ROUNDS - round).await;
            user.insert(Insert { id: new, row: &row(), replaces: Some(first_of(old)) }).await
        };
        let revoke = async move {
            staggered(round).await;
            other.revoke(old).await
        };
        let (inserted, revoked) = both(insert, revoke).await;
        let (inserted, revoked) = (inserted?, revoked?);
        let is_new_there = h.load(new).await?.is_some();
        promise.gives("load of the old session", h.load(old).await?, None)?;
        let right = match inserted {
            Inserted::Done => (Revoked::Absent, Inserted::Done, true),
            _ => (Revoked::Done, Inserted::Gone, false),
        };
        promise.gives(
            "revoke, insert, whether the new session is there",
            (revoked, inserted, is_new_there),
            right,
        )?;
    }
    Ok(())
}

/// Revokes while the other task is at it; then no load may find the session, at once and when all is over.
async fn revoke_beside<S: Store>(
    h: &Harness<S>,
    (round, id): (u64, SessionId),
    other: impl Future<Output = Result<(), StoreError>> + Send + 'static,
) -> Outcome {
    let store = h.node();
    let (other, at_once) = both(other, async move {
        staggered(round).await;
        revoke_and_look(store, id).await
    })
    .await;
    let (revoked, sightings) = at_once?;
    other?;
    STAYS_GONE.gives("revoke of a session that only the revoke ends", revoked, Revoked::Done)?;
    STAYS_GONE.gives("loads that found the session after the revoke", sightings, 0)?;
    STAYS_GONE.gives("load after all was done", h.load(id).await?, None)
}

async fn revoke_and_look<S: Store>(store: Arc<S>, id: SessionId) -> Result<(Revoked, usize), StoreError> {
    let revoked = store.revoke(id).await?;
    let mut sightings = 0;
    for _ in 0..5 {
        let now = store.load_now(id).transpose()?.flatten();
        sightings += usize::from(now.is_some()) + usize::from(store.load(id).await?.is_some());
        tokio::task::yield_now().await;
    }
    Ok((revoked, sightings))
}
