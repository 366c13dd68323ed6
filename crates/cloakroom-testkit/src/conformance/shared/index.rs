//! Sign-ins and revocations across nodes and restarts.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloakroom_core::store::{SubjectIndex, SubjectInserted, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, done, ids, refusing, sign_in};
use crate::conformance::samples::{alice, at, bob, row, row_of, row_of_at};
use crate::conformance::tasks::together;

pub(crate) async fn a_revocation_on_one_node_stops_sign_ins_on_the_other<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A revocation on one node ends sessions, and stops sign-ins that began, on every other.");
    let other = h.another_node().await?;
    let (of_alice, of_bob) = (other.fence(&alice()).await?, other.fence(&bob()).await?);
    h.signed_in(id(1), &alice(), &row()).await?;
    promise.gives("list elsewhere", ids(other.list(&alice()).await?), vec![id(1)])?;
    promise.gives("sessions ended", h.store().revoke_subject(&alice(), None).await?, vec![id(1)])?;
    promise.gives("load elsewhere", other.load(id(1)).await?, None)?;
    promise.gives("list elsewhere", ids(other.list(&alice()).await?), Vec::new())?;
    let inserted = sign_in(&*other, id(2), &row_of(&alice()), Terms::under(of_alice)).await?;
    promise.gives("sign-in elsewhere, from before", inserted, Ok(SubjectInserted::Fenced))?;
    // A fence is the store's, not the node's: a sign-in may end elsewhere than it began.
    let begun_elsewhere = Terms::under(other.fence(&alice()).await?);
    promise.gives(
        "sign-in from after",
        h.sign_in(id(3), &row_of(&alice()), begun_elsewhere).await?,
        done(),
    )?;

    promise.gives("sessions ended", h.store().revoke_everyone().await?, 1)?;
    promise.gives("load elsewhere", other.load(id(3)).await?, None)?;
    let bobs = h.id_of(&bob(), 4);
    let inserted = sign_in(&*other, bobs, &row_of(&bob()), Terms::under(of_bob)).await?;
    promise.gives(
        "sign-in elsewhere, from before everyone was revoked",
        inserted,
        Ok(SubjectInserted::Fenced),
    )
}

pub(crate) async fn a_cap_holds_for_sign_ins_on_two_nodes<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("However many sign in at once on two nodes, a cap of K lets in exactly K.");
    let other = h.another_node().await?;
    let terms = Terms::under(h.fence(&alice()).await?).capped(refusing(5)).at(at(1_000));
    let tasks = (0..30).map(|number| {
        let store = if number % 2 == 0 { h.node() } else { Arc::clone(&other) };
        let id = id(number);
        async move { sign_in(&*store, id, &row_of_at(&alice(), number), terms).await }
    });
    let mut let_in = BTreeSet::new();
    for (number, inserted) in (0..).zip(together(tasks).await) {
        if matches!(inserted?, Ok(SubjectInserted::Done { .. })) {
            let_in.insert(id(number));
        }
    }
    promise.gives("sign-ins that are done", let_in.len(), 5)?;
    let listed: BTreeSet<_> = ids(other.list(&alice()).await?).into_iter().collect();
    promise.gives("list on the other node", listed, let_in)
}

pub(crate) async fn a_revocation_outlives_a_restart<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("A revocation is durable, for sessions and for sign-ins that had begun.");
    let (of_alice, of_bob) = (h.fence(&alice()).await?, h.fence(&bob()).await?);
    h.signed_in(h.id_of(&alice(), 1), &alice(), &row()).await?;
    let bobs = h.id_of(&bob(), 2);
    h.signed_in(bobs, &bob(), &row()).await?;
    h.store().revoke_subject(&alice(), None).await?;

    let h = h.restarted().await?;
    h.is_gone(promise, h.id_of(&alice(), 1), Version::FIRST).await?;
    let inserted = h.sign_in(h.id_of(&alice(), 3), &row_of(&alice()), Terms::under(of_alice)).await?;
    promise.gives("sign-in of the revoked subject, from before", inserted, Ok(SubjectInserted::Fenced))?;
    promise.gives("list of another subject", h.listed(&bob()).await?, vec![bobs])?;
    h.store().revoke_everyone().await?;

    let h = h.restarted().await?;
    h.is_gone(promise, bobs, Version::FIRST).await?;
    let inserted = h.sign_in(h.id_of(&bob(), 4), &row_of(&bob()), Terms::under(of_bob)).await?;
    promise.gives("sign-in from before everyone was revoked", inserted, Ok(SubjectInserted::Fenced))?;
    h.signed_in(h.id_of(&alice(), 5), &alice(), &row()).await
}
