//! The list of a subject's sessions.

use cloakroom_core::store::{Loaded, Row, SubjectIndex, Version};
use cloakroom_core::{SessionId, Timestamp};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, evicting};
use crate::conformance::samples::{
    alice, at, bob, end, first_of, later, row, row_of, row_of_at, row_with, subject, visitor,
};

pub(crate) async fn a_list_has_all_sessions_of_its_subject_and_no_other<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A list has every session of its subject, as it loads, and no other session.");
    promise.gives("list of a subject without sessions", h.listed(&alice()).await?, Vec::new())?;
    for number in 0..150 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    let of_bob = h.id_of(&bob(), 1_000);
    h.signed_in(of_bob, &bob(), &row()).await?;
    h.begin(visitor(1_001), &row()).await?;
    let right: Vec<(SessionId, Loaded)> = (0..150)
        .map(|number| (id(number), Loaded { row: row_of_at(&alice(), number), version: Version::FIRST }))
        .collect();
    promise.gives("list of a subject with 150 sessions", h.list(&alice()).await?, right)?;
    promise.gives("list of another", h.listed(&bob()).await?, vec![of_bob])
}

pub(crate) async fn a_list_is_in_the_order_of_creation<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A list has the oldest session first: that of the earliest created_at.");
    for (number, created) in (1..).zip([500, 100, 400, 200, 300]) {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), created)).await?;
    }
    let right = [2, 4, 5, 3, 1].map(&id).to_vec();
    promise.gives("list", h.listed(&alice()).await?, right.clone())?;
    // Activity changes when a session was last seen, not when it began.
    let _ = h.store().touch(id(2), later(9_000)).await?;
    promise.gives("list after a touch", h.listed(&alice()).await?, right)
}

pub(crate) async fn a_list_has_expired_sessions_too<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A list has expired sessions too, until they are purged.");
    let expired = Row { expires_at: Timestamp::from_millis(1), ..row() };
    h.signed_in(id(1), &alice(), &expired).await?;
    promise.gives("list", h.listed(&alice()).await?, vec![id(1)])
}

pub(crate) async fn subjects_are_told_apart_octet_for_octet<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("Subjects are compared octet for octet.");
    let longest = "x".repeat(255);
    let longest_but_for_its_end = format!("{}y", "x".repeat(254));
    let texts = [
        "alice",
        "Alice",
        "ALICE",
        "alice ",
        " alice",
        "alic",
        "alicea",
        "al%",
        "al_ce",
        "alice'",
        "1",
        "01",
        "1.0",
        "\u{e9}",
        "e\u{301}",
        "E\u{301}",
        "\u{fb01}",
        "fi",
        "\u{df}",
        "ss",
        "\u{ff41}",
        "a",
        &longest,
        &longest_but_for_its_end,
    ];
    for (number, text) in (0..).zip(texts) {
        let subject = subject(text);
        h.signed_in(h.id_of(&subject, number), &subject, &row()).await?;
    }
    for (number, text) in (0..).zip(texts) {
        let subject = subject(text);
        let right = vec![h.id_of(&subject, number)];
        promise.gives(&format!("list of {text:?}"), h.listed(&subject).await?, right)?;
    }
    for (number, text) in (0..).zip(texts) {
        let subject = subject(text);
        let ended = h.store().revoke_subject(&subject, None).await?;
        promise.gives(&format!("sessions ended with {text:?}"), ended, vec![h.id_of(&subject, number)])?;
    }
    Ok(())
}

pub(crate) async fn a_list_shows_rows_as_they_are_now<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A list shows each session as it would load.");
    for number in 1..=3 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    let _ = h.store().touch(id(1), later(900)).await?;
    h.write(id(2), &Row { body: row_with(b"written").body, ..row_of_at(&alice(), 2) }).await?;
    for (id, listed) in h.list(&alice()).await? {
        promise.gives("a session in the list", Some(listed), h.load(id).await?)?;
    }
    promise.gives("list", h.listed(&alice()).await?, [1, 2, 3].map(&id).to_vec())
}

pub(crate) async fn an_ended_session_leaves_the_index<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A session that has ended, however it did, is found by no list and no page.");
    let [revoked, replaced, evicted, purged, live] = [1, 2, 3, 4, 5].map(&id);
    h.signed_in(revoked, &alice(), &row()).await?;
    let _ = h.store().revoke(revoked).await?;
    h.is_gone_from_the_index(promise, revoked, &alice()).await?;

    h.signed_in(replaced, &alice(), &row()).await?;
    let _ = h.insert(evicted, &row_of_at(&alice(), 1), Some(first_of(replaced))).await?;
    h.is_gone_from_the_index(promise, replaced, &alice()).await?;

    let terms = Terms::under(h.fence(&alice()).await?).capped(evicting(1));
    let short = Row { expires_at: at(10), ..row_of_at(&alice(), 2) };
    let _ = h.sign_in(purged, &short, terms).await?;
    h.is_gone_from_the_index(promise, evicted, &alice()).await?;

    h.signed_in(live, &alice(), &row_of_at(&alice(), 3)).await?;
    promise.gives("list before the purge", h.listed(&alice()).await?, vec![purged, live])?;
    h.store().purge(at(10), 10).await?;
    h.is_gone_from_the_index(promise, purged, &alice()).await?;
    promise.gives("list in the end", h.listed(&alice()).await?, vec![live])
}

pub(crate) async fn a_purge_leaves_live_sessions_in_the_index<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A session that a purge spared is found by its list as before.");
    for number in 1..=6 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    // Two live on by a touch and by a replace: what the store noted down of their old ends must not unlist them.
    let _ = h.store().touch(id(2), later(5_000)).await?;
    h.write(id(4), &Row { expires_at: end(5_000), ..row_of_at(&alice(), 4) }).await?;
    promise.gives("rows purged", h.store().purge(end(100), 100).await?, 4)?;
    promise.gives("list", h.listed(&alice()).await?, [2, 4].map(&id).to_vec())?;
    let ended = h.store().revoke_subject(&alice(), None).await?;
    promise.gives("sessions that the revocation ended", ended.len(), 2)
}

pub(crate) async fn a_session_inserted_without_a_fence_is_listed_too<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A session with a subject is in its list, by whichever insert it came.");
    h.begin(id(1), &row_of(&alice())).await?;
    promise.gives("list", h.listed(&alice()).await?, vec![id(1)])?;
    promise.gives("sessions ended", h.store().revoke_subject(&alice(), None).await?, vec![id(1)])?;
    promise.gives("load", h.load(id(1)).await?, None)
}

pub(crate) async fn the_index_follows_a_replace_of_the_subject<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A session is listed for the subject that its row has, also after a replace changed it.");
    h.begin(id(1), &row()).await?;
    h.write(id(1), &row_of(&alice())).await?;
    promise.gives("list of the subject that it got", h.listed(&alice()).await?, vec![id(1)])?;
    h.write(id(1), &row()).await?;
    promise.gives("list of the subject that it lost", h.listed(&alice()).await?, Vec::new())?;
    promise.gives("ended with the subject", h.store().revoke_subject(&alice(), None).await?, Vec::new())?;
    promise.gives("whether it is there", h.load(id(1)).await?.is_some(), true)
}
