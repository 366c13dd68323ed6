//! A replace is a compare-and-swap, and never creates.

use std::collections::BTreeSet;
use std::net::IpAddr;

use cloakroom_core::store::{Loaded, Row, Store, Swap, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, at, end, id, later, row, row_of, row_with};

pub(crate) async fn a_replace_writes_every_column<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("After a replace every column is that of the new row.");
    let full = Row {
        created_at: at(1),
        last_seen_at: at(2),
        expires_at: end(3),
        address: Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])),
        body: row_with(&[7; 3_000]).body,
        ..row_of(&alice())
    };
    let bare = Row { last_seen_at: at(4), expires_at: end(5), ..row_with(b"") };
    let id = h.id_of(&alice(), 1);
    h.begin(id, &row()).await?;
    for row in [full, bare] {
        let version = h.write(id, &row).await?;
        promise.gives("load after a replace", h.load(id).await?, Some(Loaded { row, version }))?;
    }
    Ok(())
}

pub(crate) async fn every_replace_gives_another_version<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("Every replace gives a version that the session has not had, also for an equal row.");
    h.begin(id(1), &row()).await?;
    let mut had = BTreeSet::from([Version::FIRST]);
    for _ in 0..20 {
        let version = h.write(id(1), &row()).await?;
        promise
            .holds(had.insert(version), format_args!("replace gave {version:?}, which the session had"))?;
        promise.gives("version of a load", h.load_existing(id(1)).await?.version, version)?;
    }
    Ok(())
}

pub(crate) async fn a_replace_of_a_version_that_is_not_there_is_lost<S: Store>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("A replace of a version other than the one that is there is lost: nothing changes.");
    h.begin(id(1), &row_with(b"first")).await?;
    let second = h.write(id(1), &row_with(b"second")).await?;
    let third = h.write(id(1), &row_with(b"third")).await?;
    let never = Version::from_number(third.number().wrapping_add(1_000));
    let new = Row { last_seen_at: at(9_000), expires_at: end(9_000), ..row_with(b"lost") };
    for (called, seen) in [("first", Version::FIRST), ("last but one", second), ("unknown", never)] {
        let swap = h.store().replace(id(1), seen, &new).await?;
        promise.gives(&format!("replace of the {called} version"), swap, Swap::Lost)?;
    }
    let right = Loaded { row: row_with(b"third"), version: third };
    promise.gives("load after lost replaces", h.load(id(1)).await?, Some(right))
}

pub(crate) async fn a_replace_never_creates<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Only insert creates a row: a replace of an unknown session says gone.");
    for seen in [Version::FIRST, Version::FIRST.next(), Version::from_number(0)] {
        let swap = h.store().replace(id(1), seen, &row()).await?;
        promise.gives("replace of an unknown session", swap, Swap::Gone)?;
        promise.gives("load after it", h.load(id(1)).await?, None)?;
    }
    Ok(())
}

pub(crate) async fn a_replace_keeps_the_later_of_both_timestamps_each_on_its_own<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("Of last_seen_at and expires_at a replace keeps the later of old and new, each on its own.");
    let old = Row { last_seen_at: at(100), expires_at: end(100), ..row() };
    let cases = [
        ((at(50), end(50)), (at(100), end(100))),
        ((at(200), end(50)), (at(200), end(100))),
        ((at(50), end(200)), (at(100), end(200))),
        ((at(200), end(200)), (at(200), end(200))),
    ];
    for (number, (new, right)) in (1..).zip(cases) {
        h.begin(id(number), &old).await?;
        h.write(id(number), &Row { last_seen_at: new.0, expires_at: new.1, ..row() }).await?;
        let Row { last_seen_at, expires_at, .. } = h.load_existing(id(number)).await?.row;
        promise.gives("the two after a replace", (last_seen_at, expires_at), right)?;
    }
    Ok(())
}

pub(crate) async fn a_replace_that_read_before_a_touch_wins_and_keeps_the_touch<S: Store>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("A touch does not make a replace lose, and a replace does not undo a touch.");
    h.begin(id(1), &row()).await?;
    let read = h.load_existing(id(1)).await?;
    let _ = h.store().touch(id(1), later(60_000)).await?;
    let written = Row { body: row_with(b"written").body, ..read.row };
    let swap = h.store().replace(id(1), read.version, &written).await?;
    promise.holds(matches!(swap, Swap::Done(_)), format_args!("replace after a touch: {swap:?}"))?;
    let right = Row { last_seen_at: at(60_000), expires_at: end(60_000), ..written };
    promise.gives("row after touch and replace", h.load_existing(id(1)).await?.row, right)
}

pub(crate) async fn a_replace_changes_no_other_session<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A replace changes the session that it names and no other.");
    for number in 1..=8 {
        h.begin(id(number), &row()).await?;
    }
    h.write(id(4), &row_with(b"written")).await?;
    let beside = Loaded { row: row(), version: Version::FIRST };
    for number in (1..=8).filter(|number| *number != 4) {
        promise.gives("load of a session beside it", h.load(id(number)).await?, Some(beside.clone()))?;
    }
    Ok(())
}
