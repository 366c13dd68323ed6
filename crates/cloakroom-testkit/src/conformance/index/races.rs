//! Sign-ins at the same moment, and walks while sessions come and go.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cloakroom_core::SessionId;
use cloakroom_core::store::{Cap, Insert, StoreError, SubjectIndex, SubjectInserted};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, evicting, refusing, sign_in, walk};
use crate::conformance::samples::{ROUNDS, alice, at, first_of, row, row_of, row_of_at, visitor};
use crate::conformance::tasks::{both, together};

pub(crate) async fn parallel_sign_ins_keep_a_cap_that_refuses<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("However many sign in at once, a cap of K that refuses lets in exactly K.");
    let answers = fifty_sign_ins(&h, refusing(7)).await?;
    let mut let_in = BTreeSet::new();
    for (id, inserted) in answers {
        match inserted {
            SubjectInserted::Done { evicted } => {
                promise.gives("sessions evicted", evicted, Vec::new())?;
                let_in.insert(id);
            }
            inserted => promise.gives("sign-in that was not let in", inserted, SubjectInserted::Full)?,
        }
    }
    promise.gives("sign-ins that are done", let_in.len(), 7)?;
    let listed: BTreeSet<_> = h.listed(&alice()).await?.into_iter().collect();
    promise.gives("list, against those that are done", listed, let_in)
}

pub(crate) async fn parallel_sign_ins_keep_a_cap_that_evicts<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise(
        "However many sign in at once, a cap of K that evicts leaves exactly K, and names the others.",
    );
    let answers = fifty_sign_ins(&h, evicting(7)).await?;
    let (mut there, mut ended) = (BTreeSet::new(), Vec::new());
    for (id, inserted) in answers {
        match inserted {
            SubjectInserted::Done { evicted } => ended.extend(evicted),
            inserted => promise.holds(false, format_args!("sign-in: {inserted:?}"))?,
        }
        there.insert(id);
    }
    let evictions = ended.len();
    for id in ended {
        promise.holds(there.remove(&id), format_args!("{id} was evicted twice, or never signed in"))?;
        promise.gives("load of an evicted session", h.load(id).await?, None)?;
    }
    promise.gives("evictions of 50 sign-ins of at most 7", evictions, 43)?;
    let listed: BTreeSet<_> = h.listed(&alice()).await?.into_iter().collect();
    promise.gives("list, against those that nobody evicted", listed, there)
}

async fn fifty_sign_ins<S: SubjectIndex>(
    h: &Harness<S>,
    cap: Cap,
) -> Result<Vec<(SessionId, SubjectInserted)>, Failure> {
    let promise = Promise("A free ID is no duplicate.");
    let terms = Terms::under(h.fence(&alice()).await?).capped(cap).at(at(1_000));
    let id = h.ids_of(&alice());
    let tasks = (0..50).map(|number| {
        let (store, id) = (h.node(), id(number));
        async move { (id, sign_in(&*store, id, &row_of_at(&alice(), number), terms).await) }
    });
    let mut answers = Vec::new();
    for (id, inserted) in together(tasks).await {
        answers.push((id, promise.finds(inserted?.ok(), format_args!("sign-in of {id}: a duplicate"))?));
    }
    Ok(answers)
}

pub(crate) async fn of_many_sign_ins_that_replace_one_session_one_wins<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise(
        "Of any number of sign-ins that replace one session, exactly one is done; the others say gone.",
    );
    for round in 0..ROUNDS {
        let old = visitor(round * 100);
        h.begin(old, &row()).await?;
        let terms = Terms::under(h.fence(&alice()).await?).replacing(first_of(old));
        let tasks = (1..=6).map(|number| {
            let (store, id) = (h.node(), id(round * 100 + number));
            async move { sign_in(&*store, id, &row_of(&alice()), terms).await }
        });
        let mut winners = Vec::new();
        for (number, inserted) in (1..).zip(together(tasks).await) {
            match inserted? {
                Ok(SubjectInserted::Done { .. }) => winners.push(id(round * 100 + number)),
                inserted => promise.gives("sign-in that did not win", inserted, Ok(SubjectInserted::Gone))?,
            }
        }
        promise.gives("sign-ins that are done", winners.len(), 1)?;
        promise.gives("list", h.listed(&alice()).await?, winners.clone())?;
        for id in winners {
            let _ = h.store().revoke(id).await?;
        }
    }
    Ok(())
}

pub(crate) async fn after_parallel_sign_ins_revoking_the_others_leaves_one<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("After N sign-ins at once the list has N, and revoking all but one leaves one.");
    let tasks = (0..30).map(|number| {
        let (store, id) = (h.node(), id(number));
        async move {
            let terms = Terms::under(store.fence(&alice()).await?);
            sign_in(&*store, id, &row_of(&alice()), terms).await
        }
    });
    for inserted in together(tasks).await {
        let _ = inserted?;
    }
    promise.gives("sessions listed", h.listed(&alice()).await?.len(), 30)?;
    let ended = h.store().revoke_subject(&alice(), Some(id(7))).await?;
    promise.gives("sessions ended", ended.len(), 29)?;
    promise.gives("list after it", h.listed(&alice()).await?, vec![id(7)])?;
    for number in 0..30 {
        promise.gives("whether a session loads", h.load(id(number)).await?.is_some(), number == 7)?;
    }
    Ok(())
}

pub(crate) async fn a_walk_by_pages_misses_no_session_that_stays<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("A walk by pages meets each session that is there throughout.");
    for number in 0..40 {
        h.begin(visitor(number), &row()).await?;
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let (store, over) = (h.node(), Arc::clone(&is_over));
    let others = async move {
        for number in 0_u64.. {
            let other = visitor(1_000 + number % 40);
            let _ = store.insert(Insert { id: other, row: &row(), replaces: None }).await?;
            let _ = store.revoke(other).await?;
            if over.load(Ordering::Relaxed) {
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok::<_, StoreError>(())
    };
    let walker = h.node();
    let walks = async move {
        let mut walks = Vec::new();
        for _ in 0..10 {
            walks.push(walk(&*walker, 4).await);
        }
        is_over.store(true, Ordering::Relaxed);
        Ok::<_, StoreError>(walks)
    };
    let (others, walks) = both(others, walks).await;
    others?;
    let staying: BTreeSet<_> = (0..40).map(visitor).collect();
    for walk in walks? {
        let met: BTreeSet<_> = walk?.into_keys().filter(|id| staying.contains(id)).collect();
        promise.gives("sessions that stay, in one walk", met, staying.clone())?;
    }
    Ok(())
}
