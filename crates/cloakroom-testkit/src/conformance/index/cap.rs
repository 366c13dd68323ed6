//! At most so many live sessions.

use cloakroom_core::store::{CapPolicy, Loaded, Row, SubjectIndex, SubjectInserted, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, done, evicting, refusing};
use crate::conformance::samples::{alice, at, bob, end, first_of, later, row, row_of, row_of_at, visitor};

pub(crate) async fn a_cap_that_evicts_ends_the_first_created<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A cap that evicts ends the sessions created first, the oldest first, until it is kept.");
    for (number, created) in (1..).zip([500, 100, 400, 200, 300]) {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), created)).await?;
    }
    let terms = Terms::under(h.fence(&alice()).await?).at(at(600));
    let inserted = h.sign_in(id(6), &row_of_at(&alice(), 600), terms.capped(evicting(5))).await?;
    promise.gives(
        "sixth sign-in of at most five",
        inserted,
        Ok(SubjectInserted::Done { evicted: vec![id(2)] }),
    )?;
    let inserted = h.sign_in(id(7), &row_of_at(&alice(), 700), terms.capped(evicting(3))).await?;
    let evicted = [4, 5, 3].map(&id).to_vec();
    promise.gives("sign-in of at most three", inserted, Ok(SubjectInserted::Done { evicted }))?;
    promise.gives("list", h.listed(&alice()).await?, [1, 6, 7].map(&id).to_vec())
}

pub(crate) async fn an_evicted_session_is_gone_for_every_operation<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A session that a cap evicted is gone: no load finds it, and nothing brings it back.");
    h.signed_in(id(1), &alice(), &row()).await?;
    let terms = Terms::under(h.fence(&alice()).await?).capped(evicting(1));
    let inserted = h.sign_in(id(2), &row_of_at(&alice(), 1), terms).await?;
    promise.gives("sign-in", inserted, Ok(SubjectInserted::Done { evicted: vec![id(1)] }))?;
    h.is_gone(promise, id(1), Version::FIRST).await?;
    h.is_gone_from_the_index(promise, id(1), &alice()).await
}

pub(crate) async fn a_cap_that_refuses_changes_nothing<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A sign-in that a cap refuses changes nothing.");
    h.begin(visitor(1), &row()).await?;
    for number in 2..=3 {
        h.signed_in(id(number), &alice(), &row_of_at(&alice(), number)).await?;
    }
    let before = h.walk(100).await?;
    let terms =
        Terms::under(h.fence(&alice()).await?).replacing(first_of(visitor(1))).capped(refusing(2)).at(at(10));
    let inserted = h.sign_in(id(4), &row_of_at(&alice(), 10), terms).await?;
    promise.gives("third sign-in of at most two", inserted, Ok(SubjectInserted::Full))?;
    promise.gives("all sessions after it", h.walk(100).await?, before)?;
    promise.gives("list after it", h.listed(&alice()).await?, [2, 3].map(&id).to_vec())?;
    h.is_gone_from_the_index(promise, id(4), &alice()).await
}

pub(crate) async fn a_cap_lets_in_as_many_as_it_says<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("A cap of K lets K sessions live: the Kth is let in, and ends no other.");
    for (cap, subject, first) in [(evicting(3), alice(), 0), (refusing(3), bob(), 10)] {
        let id = h.ids_of(&subject);
        for number in first..first + 3 {
            let terms = Terms::under(h.fence(&subject).await?).capped(cap).at(at(10));
            let inserted = h.sign_in(id(number), &row_of_at(&subject, number), terms).await?;
            promise.gives(&format!("sign-in under {cap:?}"), inserted, done())?;
        }
        promise.gives("sessions listed", h.listed(&subject).await?.len(), 3)?;
    }
    Ok(())
}

pub(crate) async fn expired_sessions_do_not_count_to_a_cap<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("Rows that expire at or before now are not live: a cap neither counts nor evicts them.");
    for (subject, first, cap) in [(alice(), 0, refusing(2)), (bob(), 10, evicting(2))] {
        let id = h.ids_of(&subject);
        let expiring = |millis| Row { expires_at: at(millis), ..row_of_at(&subject, millis) };
        for (number, millis) in (first..).zip([500, 999, 1_000]) {
            h.signed_in(id(number), &subject, &expiring(millis)).await?;
        }
        h.signed_in(id(first + 3), &subject, &Row { created_at: at(0), ..expiring(1_001) }).await?;
        let terms = Terms::under(h.fence(&subject).await?).capped(cap).at(at(1_000));
        let inserted = h.sign_in(id(first + 4), &row_of_at(&subject, 2_000), terms).await?;
        promise.gives(&format!("second live sign-in under {cap:?}"), inserted, done())?;

        let inserted = h.sign_in(id(first + 5), &row_of_at(&subject, 2_001), terms).await?;
        let right = match cap.policy {
            CapPolicy::RefuseNew => SubjectInserted::Full,
            CapPolicy::EvictOldest => SubjectInserted::Done { evicted: vec![id(first + 3)] },
        };
        promise.gives(&format!("third live sign-in under {cap:?}"), inserted, Ok(right))?;
    }
    Ok(())
}

pub(crate) async fn a_cap_goes_by_when_sessions_end_now<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A session that was touched, or prolonged by a replace, counts to a cap until its new end.");
    let short = Row { expires_at: at(100), ..row_of(&alice()) };
    h.signed_in(id(1), &alice(), &short).await?;
    h.signed_in(id(2), &alice(), &short).await?;
    let _ = h.store().touch(id(1), later(0)).await?;
    h.write(id(2), &row_of(&alice())).await?;
    let terms = Terms::under(h.fence(&alice()).await?).capped(refusing(2)).at(at(1_000));
    let inserted = h.sign_in(id(3), &row_of_at(&alice(), 1_000), terms).await?;
    promise.gives("third sign-in of at most two", inserted, Ok(SubjectInserted::Full))
}

pub(crate) async fn the_session_that_is_replaced_does_not_count_to_a_cap<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("The subject's session that a sign-in replaces makes room for it under the cap.");
    for (subject, first, cap) in [(alice(), 0, refusing(2)), (bob(), 10, evicting(2))] {
        let id = h.ids_of(&subject);
        for number in first..first + 2 {
            h.signed_in(id(number), &subject, &row_of_at(&subject, number)).await?;
        }
        let terms = Terms::under(h.fence(&subject).await?).replacing(first_of(id(first + 1))).capped(cap);
        let inserted = h.sign_in(id(first + 2), &row_of_at(&subject, 50), terms).await?;
        promise.gives(&format!("sign-in once more under {cap:?}"), inserted, done())?;
        promise.gives("list", h.listed(&subject).await?, vec![id(first), id(first + 2)])?;
    }
    Ok(())
}

pub(crate) async fn replacing_a_session_of_nobody_makes_no_room<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("Only sessions of the subject count to its cap: replacing a visitor's makes no room.");
    let (of_visitor, of_bob) = (visitor(1), h.id_of(&bob(), 2));
    h.begin(of_visitor, &row()).await?;
    h.signed_in(of_bob, &bob(), &row()).await?;
    h.signed_in(id(3), &alice(), &row()).await?;
    let fence = h.fence(&alice()).await?;
    for old in [of_visitor, of_bob] {
        let terms = Terms::under(fence).replacing(first_of(old)).capped(refusing(1));
        let inserted = h.sign_in(id(4), &row_of(&alice()), terms).await?;
        promise.gives("second sign-in of at most one", inserted, Ok(SubjectInserted::Full))?;
        promise.gives("whether the session to replace is there", h.load(old).await?.is_some(), true)?;
    }
    Ok(())
}

pub(crate) async fn a_cap_counts_its_own_subject_alone<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A cap counts, and ends, sessions of its own subject alone.");
    for number in 1..=5 {
        h.signed_in(h.id_of(&bob(), number), &bob(), &row_of_at(&bob(), number)).await?;
        h.begin(visitor(number + 10), &row()).await?;
    }
    let fence = h.fence(&alice()).await?;
    for (number, cap) in [(21, refusing(1)), (22, evicting(1))] {
        let inserted =
            h.sign_in(id(number), &row_of_at(&alice(), number), Terms::under(fence).capped(cap)).await?;
        let evicted = if number == 22 { vec![id(21)] } else { Vec::new() };
        promise.gives(&format!("sign-in under {cap:?}"), inserted, Ok(SubjectInserted::Done { evicted }))?;
    }
    promise.gives("sessions of another subject", h.listed(&bob()).await?.len(), 5)
}

pub(crate) async fn ended_sessions_make_room_under_a_cap<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A session that was revoked, replaced or purged counts to no cap.");
    let [revoked, replaced, purged] = [1, 2, 3].map(&id);
    for (id, expires_at) in [(revoked, end(0)), (replaced, end(0)), (purged, at(10))] {
        h.signed_in(id, &alice(), &Row { expires_at, ..row() }).await?;
    }
    let _ = h.store().revoke(revoked).await?;
    let _ = h.insert(id(4), &row(), Some(first_of(replaced))).await?;
    h.store().purge(at(10), 10).await?;
    let terms = Terms::under(h.fence(&alice()).await?).capped(refusing(1));
    promise.gives("sign-in of at most one", h.sign_in(id(5), &row_of(&alice()), terms).await?, done())?;
    let right = Loaded { row: row_of(&alice()), version: Version::FIRST };
    promise.gives("list", h.list(&alice()).await?, vec![(id(5), right)])
}
