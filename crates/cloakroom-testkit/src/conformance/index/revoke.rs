//! Ending all sessions of a subject, and of everybody.

use std::collections::{BTreeMap, BTreeSet};

use cloakroom_core::Timestamp;
use cloakroom_core::store::{Loaded, Row, SubjectIndex, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, bob, row, row_of, row_of_at, row_with, visitor};

pub(crate) async fn revoking_a_subject_ends_its_sessions_and_says_which<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking a subject ends all its sessions, expired ones too, and returns them.");
    for number in 1..=4 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    h.signed_in(id(5), &alice(), &Row { expires_at: Timestamp::from_millis(1), ..row() }).await?;
    let written = h.write(id(2), &row_of_at(&alice(), 2)).await?;
    let ended = h.store().revoke_subject(&alice(), None).await?;
    promise.gives("number of sessions ended", ended.len(), 5)?;
    let ended: BTreeSet<_> = ended.into_iter().collect();
    promise.gives("sessions ended", ended, (1..=5).map(&id).collect())?;
    for number in 1..=5 {
        let last = if number == 2 { written } else { Version::FIRST };
        h.is_gone(promise, id(number), last).await?;
        h.is_gone_from_the_index(promise, id(number), &alice()).await?;
    }
    promise.gives(
        "sessions ended by doing so again",
        h.store().revoke_subject(&alice(), None).await?,
        Vec::new(),
    )
}

pub(crate) async fn revoking_a_subject_spares_the_session_to_spare<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("Revoking a subject spares the session that is named, and returns only what it ended.");
    for number in 1..=3 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    let of_bob = h.id_of(&bob(), 4);
    h.signed_in(of_bob, &bob(), &row()).await?;
    let ended: BTreeSet<_> = h.store().revoke_subject(&alice(), Some(id(2))).await?.into_iter().collect();
    promise.gives("sessions ended", ended, [1, 3].map(&id).into())?;
    let right = Loaded { row: row_of_at(&alice(), 2), version: Version::FIRST };
    promise.gives("load of the spared session", h.load(id(2)).await?, Some(right))?;
    promise.gives("list", h.listed(&alice()).await?, vec![id(2)])?;
    // Somebody else's session as the one to spare spares nothing.
    promise.gives("sessions ended", h.store().revoke_subject(&alice(), Some(of_bob)).await?, vec![id(2)])?;
    promise.gives("whether the other's session is there", h.load(of_bob).await?.is_some(), true)
}

pub(crate) async fn revoking_a_subject_leaves_others_alone<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking a subject ends no session of another, and no visitor's.");
    h.signed_in(id(1), &alice(), &row()).await?;
    let (bobs, nobodys) = (h.id_of(&bob(), 2), visitor(3));
    h.signed_in(bobs, &bob(), &row_with(b"of bob")).await?;
    h.begin(nobodys, &row_with(b"of nobody")).await?;
    h.store().revoke_subject(&alice(), None).await?;
    let of_bob =
        Loaded { row: Row { body: row_with(b"of bob").body, ..row_of(&bob()) }, version: Version::FIRST };
    promise.gives("load of another's session", h.load(bobs).await?, Some(of_bob.clone()))?;
    promise.gives("list of another", h.list(&bob()).await?, vec![(bobs, of_bob)])?;
    let of_nobody = Loaded { row: row_with(b"of nobody"), version: Version::FIRST };
    promise.gives("load of a visitor's session", h.load(nobodys).await?, Some(of_nobody))
}

pub(crate) async fn revoking_everyone_ends_and_counts_every_session<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking everyone ends every session, of visitors too, and counts them.");
    for number in 0..10 {
        h.signed_in(id(number), &alice(), &row()).await?;
        h.signed_in(h.id_of(&bob(), number + 10), &bob(), &row()).await?;
        h.begin(visitor(number + 20), &row()).await?;
    }
    promise.gives("sessions ended", h.store().revoke_everyone().await?, 30)?;
    for number in 0..10 {
        for id in [id(number), h.id_of(&bob(), number + 10), visitor(number + 20)] {
            h.is_gone(promise, id, Version::FIRST).await?;
        }
    }
    promise.gives("pages", h.walk(100).await?, BTreeMap::new())?;
    promise.gives("list", h.listed(&alice()).await?, Vec::new())?;
    promise.gives("sessions ended by doing so again", h.store().revoke_everyone().await?, 0)
}

pub(crate) async fn life_goes_on_after_everyone_was_revoked<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Sessions that begin after everyone was revoked live like any other.");
    h.signed_in(id(1), &alice(), &row()).await?;
    h.store().revoke_everyone().await?;
    h.begin(visitor(2), &row()).await?;
    h.signed_in(id(3), &alice(), &row()).await?;
    h.write(id(3), &row_of(&alice())).await?;
    promise.gives("list", h.listed(&alice()).await?, vec![id(3)])?;
    promise.gives("whether a visitor's session is there", h.load(visitor(2)).await?.is_some(), true)?;
    promise.gives("sessions ended by doing so again", h.store().revoke_everyone().await?, 2)
}
