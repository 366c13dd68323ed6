//! A sign-in that began before a revocation loses.

use cloakroom_core::store::{Loaded, SubjectIndex, SubjectInserted, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, done, evicting};
use crate::conformance::samples::{
    alice, at, bob, end, first_of, row, row_of, row_of_at, row_with, subject, visitor,
};

pub(crate) async fn a_sign_in_that_began_before_its_subject_was_revoked_is_fenced<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A sign-in that began before its subject was revoked is fenced.");
    let fence = h.fence(&alice()).await?;
    h.signed_in(id(1), &alice(), &row()).await?;
    h.store().revoke_subject(&alice(), None).await?;
    let inserted = h.sign_in(id(2), &row_of(&alice()), Terms::under(fence)).await?;
    promise.gives("insert_for_subject", inserted, Ok(SubjectInserted::Fenced))?;
    h.is_gone_from_the_index(promise, id(2), &alice()).await
}

pub(crate) async fn a_fenced_sign_in_changes_nothing<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A fenced sign-in changes nothing: it neither replaces nor evicts.");
    let fence = h.fence(&alice()).await?;
    h.store().revoke_subject(&alice(), None).await?;
    h.begin(visitor(1), &row_with(b"a visitor")).await?;
    h.signed_in(id(2), &alice(), &row()).await?;
    let terms = Terms::under(fence).replacing(first_of(visitor(1))).capped(evicting(1));
    let inserted = h.sign_in(id(3), &row_of_at(&alice(), 10), terms).await?;
    promise.gives("insert_for_subject", inserted, Ok(SubjectInserted::Fenced))?;
    promise.gives("load of the new session", h.load(id(3)).await?, None)?;
    let right = |row| Some(Loaded { row, version: Version::FIRST });
    promise.gives(
        "load of the session to replace",
        h.load(visitor(1)).await?,
        right(row_with(b"a visitor")),
    )?;
    promise.gives("load of the subject's session", h.load(id(2)).await?, right(row_of(&alice())))
}

pub(crate) async fn a_sign_in_that_began_after_a_revocation_is_done<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A sign-in that began after a revocation is done; so are others of the same moment.");
    h.signed_in(id(1), &alice(), &row()).await?;
    h.store().revoke_subject(&alice(), None).await?;
    let fence = h.fence(&alice()).await?;
    for number in 2..=3 {
        let inserted = h.sign_in(id(number), &row_of(&alice()), Terms::under(fence)).await?;
        promise.gives("sign-in after revoke_subject", inserted, done())?;
    }
    h.store().revoke_everyone().await?;
    let fence = h.fence(&alice()).await?;
    for number in 4..=5 {
        let inserted = h.sign_in(id(number), &row_of(&alice()), Terms::under(fence)).await?;
        promise.gives("sign-in after revoke_everyone", inserted, done())?;
    }
    Ok(())
}

pub(crate) async fn revoking_a_subject_stops_no_sign_in_of_another<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking a subject stops the sign-ins of that subject and of no other.");
    let fence = h.fence(&bob()).await?;
    h.signed_in(id(1), &alice(), &row()).await?;
    h.store().revoke_subject(&alice(), None).await?;
    let of_bob = h.id_of(&bob(), 2);
    let inserted = h.sign_in(of_bob, &row_of(&bob()), Terms::under(fence)).await?;
    promise.gives("sign-in of another subject", inserted, done())
}

pub(crate) async fn revoking_a_subject_without_sessions_fences_too<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking a subject stops its sign-ins also when it has no session to end.");
    let fence = h.fence(&alice()).await?;
    promise.gives("sessions ended", h.store().revoke_subject(&alice(), None).await?, Vec::new())?;
    let inserted = h.sign_in(id(1), &row_of(&alice()), Terms::under(fence)).await?;
    promise.gives("sign-in that began before", inserted, Ok(SubjectInserted::Fenced))
}

pub(crate) async fn revoking_all_but_one_session_fences_too<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Revoking all sessions of a subject but one stops its sign-ins too.");
    h.signed_in(id(1), &alice(), &row()).await?;
    let fence = h.fence(&alice()).await?;
    h.store().revoke_subject(&alice(), Some(id(1))).await?;
    let inserted = h.sign_in(id(2), &row_of(&alice()), Terms::under(fence)).await?;
    promise.gives("sign-in that began before", inserted, Ok(SubjectInserted::Fenced))
}

pub(crate) async fn a_fence_holds_through_later_revocations_of_others<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise(
        "Whatever else is revoked later, a sign-in from before its subject's revocation stays fenced.",
    );
    let fence = h.fence(&alice()).await?;
    h.store().revoke_subject(&alice(), None).await?;
    for name in 0..20 {
        let other = subject(&format!("user {name}"));
        h.signed_in(h.id_of(&other, name), &other, &row()).await?;
        h.store().revoke_subject(&other, None).await?;
    }
    let _ = h.fence(&alice()).await?;
    h.store().purge(end(0), 100).await?;
    let inserted = h.sign_in(id(100), &row_of(&alice()), Terms::under(fence)).await?;
    promise.gives("sign-in that began before", inserted, Ok(SubjectInserted::Fenced))
}

pub(crate) async fn revoking_everyone_fences_every_sign_in_that_began<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("Revoking everyone stops every sign-in that has begun, of subjects never seen before too.");
    h.signed_in(id(1), &alice(), &row()).await?;
    let (of_alice, of_bob) = (h.fence(&alice()).await?, h.fence(&bob()).await?);
    h.store().revoke_everyone().await?;
    for (number, subject, fence) in [(2, alice(), of_alice), (3, bob(), of_bob)] {
        let id = h.id_of(&subject, number);
        let inserted = h.sign_in(id, &row_of(&subject), Terms::under(fence)).await?;
        promise.gives("sign-in that began before", inserted, Ok(SubjectInserted::Fenced))?;
        promise.gives("load of its session", h.load(id).await?, None)?;
    }
    Ok(())
}

pub(crate) async fn ending_single_sessions_fences_no_sign_in<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("Only revoking a subject or everyone stops sign-ins; ending single sessions does not.");
    for number in 1..=3 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    let fence = h.fence(&alice()).await?;
    let _ = h.store().revoke(id(1)).await?;
    let evicting = Terms::under(fence).capped(evicting(1)).at(at(10));
    let right = Ok(SubjectInserted::Done { evicted: vec![id(2), id(3)] });
    promise.gives("sign-in that evicts", h.sign_in(id(4), &row_of(&alice()), evicting).await?, right)?;
    h.store().purge(end(0), 100).await?;
    let inserted = h.sign_in(id(5), &row_of(&alice()), Terms::under(fence)).await?;
    promise.gives("sign-in that began before all that", inserted, done())
}
