//! A touch only moves forward.

use cloakroom_core::store::{Loaded, Row, Store, Swap, Touch, Touched, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, at, end, id, later, row, row_of};

pub(crate) async fn a_touch_moves_both_timestamps_and_nothing_else<S: Store>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A touch moves last_seen_at and expires_at, and changes nothing else.");
    let old = Row { address: Some([192, 0, 2, 7].into()), ..row_of(&alice()) };
    h.begin(id(1), &old).await?;
    let version = h.write(id(1), &old).await?;
    promise.gives("touch", h.store().touch(id(1), later(500)).await?, Touched::Done)?;
    let right = Loaded { row: Row { last_seen_at: at(500), expires_at: end(500), ..old }, version };
    promise.gives("load after a touch", h.load(id(1)).await?, Some(right))
}

pub(crate) async fn a_touch_changes_no_version<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A touch changes no version, so whoever read before it can still write.");
    h.begin(id(1), &row()).await?;
    let _ = h.store().touch(id(1), later(500)).await?;
    promise.gives("version after a touch", h.load_existing(id(1)).await?.version, Version::FIRST)?;
    let swap = h.store().replace(id(1), Version::FIRST, &row()).await?;
    promise.holds(
        matches!(swap, Swap::Done(_)),
        format_args!("replace of the version read before a touch: {swap:?}"),
    )
}

pub(crate) async fn a_touch_moves_nothing_back<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A touch that comes late moves nothing back, and is done all the same.");
    h.begin(id(1), &row()).await?;
    let _ = h.store().touch(id(1), later(500)).await?;
    let touched = h.store().touch(id(1), later(400)).await?;
    promise.gives("touch that comes late", touched, Touched::Done)?;
    let Row { last_seen_at, expires_at, .. } = h.load_existing(id(1)).await?.row;
    promise.gives("the two timestamps after it", (last_seen_at, expires_at), (at(500), end(500)))
}

pub(crate) async fn a_touch_moves_each_timestamp_on_its_own<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A touch moves last_seen_at and expires_at forward each on its own.");
    h.begin(id(1), &Row { last_seen_at: at(100), expires_at: end(100), ..row() }).await?;
    let steps = [
        (Touch { last_seen_at: at(200), expires_at: end(50) }, (at(200), end(100))),
        (Touch { last_seen_at: at(150), expires_at: end(300) }, (at(200), end(300))),
    ];
    for (touch, right) in steps {
        promise.gives("touch", h.store().touch(id(1), touch).await?, Touched::Done)?;
        let Row { last_seen_at, expires_at, .. } = h.load_existing(id(1)).await?.row;
        promise.gives("the two timestamps after a touch", (last_seen_at, expires_at), right)?;
    }
    Ok(())
}

pub(crate) async fn a_touch_never_creates<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Only insert creates a row: a touch of an unknown session says gone.");
    promise.gives("touch", h.store().touch(id(1), later(1)).await?, Touched::Gone)?;
    promise.gives("load after it", h.load(id(1)).await?, None)
}

pub(crate) async fn a_touch_changes_no_other_session<S: Store>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A touch changes the session that it names and no other.");
    for number in 1..=8 {
        h.begin(id(number), &row_of(&alice())).await?;
    }
    let _ = h.store().touch(id(4), later(500)).await?;
    let beside = Loaded { row: row_of(&alice()), version: Version::FIRST };
    for number in (1..=8).filter(|number| *number != 4) {
        promise.gives("load of a session beside it", h.load(id(number)).await?, Some(beside.clone()))?;
    }
    Ok(())
}
