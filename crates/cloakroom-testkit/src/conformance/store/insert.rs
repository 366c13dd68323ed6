//! Only inserting creates, and it does so whole.

use std::collections::BTreeSet;

use cloakroom_core::store::{ErrorKind, Inserted, Loaded, Seen, Store, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, bob, first_of, id, later, row, row_with};

pub(crate) async fn an_id_has_one_place_for_each_subject<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("An ID that is in its subject's place stays, and two that differ early have two places.");
    for subject in [alice(), bob()] {
        let mut places = BTreeSet::new();
        for number in 0..20 {
            let place = h.store().place(id(number), &subject);
            promise.gives("the place of a place", h.store().place(place, &subject), place)?;
            let random = ..14;
            promise.gives(
                "its random octets",
                &place.as_octets()[random],
                &id(number).as_octets()[random],
            )?;
            promise.holds(places.insert(place), format_args!("two IDs share the place {place}"))?;
        }
    }
    Ok(())
}

pub(crate) async fn a_taken_id_is_refused_as_a_duplicate<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("An insert of a taken ID is the error Duplicate, and nothing changes.");
    h.begin(id(1), &row()).await?;
    let written = h.write(id(1), &row_with(b"written")).await?;
    let inserted = h.insert(id(1), &row_with(b"other"), None).await?;
    promise.gives("second insert of one ID", inserted, Err(ErrorKind::Duplicate))?;
    let right = Loaded { row: row_with(b"written"), version: written };
    promise.gives("load after it", h.load(id(1)).await?, Some(right))
}

pub(crate) async fn a_duplicate_spares_the_session_that_it_was_to_replace<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("Unless an insert is done, neither of its two sessions has changed.");
    h.begin(id(1), &row_with(b"old")).await?;
    h.begin(id(2), &row_with(b"taken")).await?;
    let inserted = h.insert(id(2), &row_with(b"new"), Some(first_of(id(1)))).await?;
    promise.gives("insert of a taken ID", inserted, Err(ErrorKind::Duplicate))?;
    let right = |body| Some(Loaded { row: row_with(body), version: Version::FIRST });
    promise.gives("load of the session to replace", h.load(id(1)).await?, right(b"old"))?;
    promise.gives("load of the session in the way", h.load(id(2)).await?, right(b"taken"))
}

pub(crate) async fn an_insert_ends_the_session_that_it_replaces<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("An insert that is done has created its session and ended the one that it replaces.");
    h.begin(id(1), &row_with(b"old")).await?;
    let version = h.write(id(1), &row_with(b"older")).await?;
    let inserted = h.insert(id(2), &row_with(b"new"), Some(Seen { id: id(1), version })).await?;
    promise.gives("insert that replaces a session", inserted, Ok(Inserted::Done))?;
    let right = Loaded { row: row_with(b"new"), version: Version::FIRST };
    promise.gives("load of the new session", h.load(id(2)).await?, Some(right))?;
    h.is_gone(promise, id(1), version).await
}

pub(crate) async fn an_insert_loses_against_a_write_to_its_predecessor<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("An insert whose predecessor was written since it was seen is lost: nothing changes.");
    h.begin(id(1), &row_with(b"seen")).await?;
    let written = h.write(id(1), &row_with(b"written")).await?;
    let inserted = h.insert(id(2), &row_with(b"new"), Some(first_of(id(1)))).await?;
    promise.gives("insert that replaces an older version", inserted, Ok(Inserted::Lost))?;
    promise.gives("load of the new session", h.load(id(2)).await?, None)?;
    let right = Loaded { row: row_with(b"written"), version: written };
    promise.gives("load of the session to replace", h.load(id(1)).await?, Some(right))
}

pub(crate) async fn an_insert_does_not_lose_against_a_touch_of_its_predecessor<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("A touch changes no version, so an insert that replaces a touched session is done.");
    h.begin(id(1), &row()).await?;
    let _ = h.store().touch(id(1), later(60_000)).await?;
    let inserted = h.insert(id(2), &row(), Some(first_of(id(1)))).await?;
    promise.gives("insert that replaces a session touched meanwhile", inserted, Ok(Inserted::Done))?;
    promise.gives("load of the session that it replaced", h.load(id(1)).await?, None)
}

pub(crate) async fn an_insert_that_replaces_nothing_that_exists_creates_nothing<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("An insert whose predecessor is gone says so and creates nothing.");
    let inserted = h.insert(id(2), &row(), Some(first_of(id(1)))).await?;
    promise.gives("insert that replaces an unknown session", inserted, Ok(Inserted::Gone))?;
    promise.gives("load of the new session", h.load(id(2)).await?, None)?;
    promise.gives("load of the session to replace", h.load(id(1)).await?, None)
}

pub(crate) async fn an_insert_creates_no_more_than_its_session<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("An insert changes its own session and the one that it replaces, and no other.");
    for number in 1..=8 {
        h.begin(id(number), &row_with(&[0, 1])).await?;
    }
    promise.gives("insert", h.insert(id(9), &row(), Some(first_of(id(4)))).await?, Ok(Inserted::Done))?;
    for number in (1..=8).filter(|number| *number != 4) {
        let right = Loaded { row: row_with(&[0, 1]), version: Version::FIRST };
        promise.gives("load of a session beside it", h.load(id(number)).await?, Some(right))?;
    }
    Ok(())
}
