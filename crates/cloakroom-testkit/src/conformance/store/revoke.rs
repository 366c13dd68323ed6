//! Gone is gone.

use cloakroom_core::Timestamp;
use cloakroom_core::store::{Loaded, Revoked, Row, Store, Touched, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{id, later, row, row_with};

pub(crate) async fn a_revoked_session_is_gone_for_every_operation<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A revoked session is gone: no load finds it, and no operation brings it back.");
    h.begin(id(1), &row()).await?;
    let version = h.write(id(1), &row_with(b"written")).await?;
    promise.gives("revoke", h.store().revoke(id(1)).await?, Revoked::Done)?;
    h.is_gone(promise, id(1), version).await
}

pub(crate) async fn a_revoke_says_whether_it_ended_the_session<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A revoke says whether it was the one that ended the session.");
    promise.gives("revoke of an unknown session", h.store().revoke(id(1)).await?, Revoked::Absent)?;
    h.begin(id(1), &row()).await?;
    promise.gives("first revoke", h.store().revoke(id(1)).await?, Revoked::Done)?;
    promise.gives("second revoke", h.store().revoke(id(1)).await?, Revoked::Absent)
}

pub(crate) async fn a_revoke_ends_no_other_session<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A revoke ends the session that it names and no other.");
    for number in 1..=8 {
        h.begin(id(number), &row()).await?;
    }
    let _ = h.store().revoke(id(4)).await?;
    let beside = Loaded { row: row(), version: Version::FIRST };
    for number in (1..=8).filter(|number| *number != 4) {
        promise.gives("load of a session beside it", h.load(id(number)).await?, Some(beside.clone()))?;
    }
    Ok(())
}

pub(crate) async fn an_expired_session_is_touched_written_and_revoked_like_any_other<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("A store judges nothing: an expired session is there until it is purged or ended.");
    let expired = Row { expires_at: Timestamp::from_millis(1), ..row() };
    h.begin(id(1), &expired).await?;
    h.write(id(1), &expired).await?;
    h.begin(id(2), &expired).await?;
    promise.gives("touch of an expired session", h.store().touch(id(2), later(0)).await?, Touched::Done)?;
    promise.gives("revoke of an expired session", h.store().revoke(id(1)).await?, Revoked::Done)
}
