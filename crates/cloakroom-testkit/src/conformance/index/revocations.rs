//! Revocations while others sign in and write.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom_core::SessionId;
use cloakroom_core::store::{StoreError, SubjectIndex, SubjectInserted, Swap, Touched, Version};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, done, ids, sign_in};
use crate::conformance::samples::{ROUNDS, alice, later, row, row_of};
use crate::conformance::tasks::{beside, both, staggered};

pub(crate) async fn no_sign_in_that_began_survives_the_revocation_of_its_subject<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("No sign-in that began before its subject was revoked has a session afterwards.");
    for round in 0..ROUNDS {
        let store = h.node();
        let revoke = async move {
            staggered(round).await;
            store.revoke_subject(&alice(), None).await
        };
        let (created, ended) = sign_in_beside(&h, round, revoke).await?;
        promise.gives("list after the race", h.listed(&alice()).await?, Vec::new())?;
        for id in &created {
            promise.gives("load of a session of the race", h.load(*id).await?, None)?;
        }
        let ended: BTreeSet<_> = ended.into_iter().collect();
        promise.gives("sessions that the revocation says it ended", ended, created)?;
    }
    Ok(())
}

pub(crate) async fn no_sign_in_that_began_survives_the_revocation_of_everyone<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("No sign-in that began before everyone was revoked has a session afterwards.");
    for round in 0..ROUNDS {
        let store = h.node();
        let revoke = async move {
            staggered(round).await;
            store.revoke_everyone().await
        };
        let (created, ended) = sign_in_beside(&h, round, revoke).await?;
        promise.gives("all sessions after the race", h.paged().await?, Vec::new())?;
        promise.gives("sessions that the revocation says it ended", ended, created.len() as u64)?;
    }
    Ok(())
}

/// Sign-ins of alice that have all taken their fences race what `revoke` does; gives those that were done.
async fn sign_in_beside<S: SubjectIndex, T: Send + 'static>(
    h: &Harness<S>,
    round: u64,
    revoke: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<(BTreeSet<SessionId>, T), Failure> {
    let (id, fence) = (h.ids_of(&alice()), h.fence(&alice()).await?);
    let tasks = (0..6).map(|number| {
        let (store, id) = (h.node(), id(round * 10 + number));
        async move {
            staggered(round * 3 + number).await;
            (id, sign_in(&*store, id, &row_of(&alice()), Terms::under(fence)).await)
        }
    });
    let (revoked, sign_ins) = beside(revoke, tasks).await;
    let mut created = BTreeSet::new();
    for (id, inserted) in sign_ins {
        if matches!(inserted?, Ok(SubjectInserted::Done { .. })) {
            created.insert(id);
        }
    }
    Ok((created, revoked?))
}

pub(crate) async fn sign_ins_and_revocations_in_any_order_agree<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise(
        "A sign-in from before a revocation is fenced or ended; one from after it is done and stays.",
    );
    let moments = Arc::new(AtomicU64::new(0));
    let users = (0..4).map(|user| {
        let (store, moments) = (h.node(), Arc::clone(&moments));
        let ids: Vec<_> = (0..15).map(|number| id(user * 100 + number)).collect();
        async move {
            let mut sign_ins = Vec::new();
            for (number, id) in (0..).zip(ids) {
                let began = moments.fetch_add(1, Ordering::SeqCst);
                let fence = store.fence(&alice()).await?;
                let fenced = moments.fetch_add(1, Ordering::SeqCst);
                staggered(number).await;
                let inserted = sign_in(&*store, id, &row_of(&alice()), Terms::under(fence)).await?;
                sign_ins.push((id, began, fenced, inserted));
            }
            Ok::<_, Failure>(sign_ins)
        }
    });
    let (store, clock) = (h.node(), Arc::clone(&moments));
    let revocations = async move {
        let mut revocations = Vec::new();
        for round in 0..5 {
            staggered(round + 5).await;
            let began = clock.fetch_add(1, Ordering::SeqCst);
            store.revoke_subject(&alice(), None).await?;
            revocations.push((began, clock.fetch_add(1, Ordering::SeqCst)));
        }
        Ok::<_, StoreError>(revocations)
    };
    let (revocations, users) = beside(revocations, users).await;
    let revocations = revocations?;
    for user in users {
        for (id, began, fenced, inserted) in user? {
            let is_there = h.load(id).await?.is_some();
            if revocations.iter().any(|(revocation_began, _)| fenced < *revocation_began) {
                promise.gives("whether a session from before a revocation is there", is_there, false)?;
            }
            if revocations.iter().all(|(_, revocation_ended)| *revocation_ended < began) {
                promise.gives("sign-in from after all revocations", inserted.clone(), done())?;
                promise.gives("whether its session is there", is_there, true)?;
            }
            let is_answer = matches!(inserted, Ok(SubjectInserted::Done { .. } | SubjectInserted::Fenced));
            promise.holds(is_answer, format_args!("sign-in: {inserted:?}"))?;
        }
    }
    h.signed_in(id(10_000), &alice(), &row()).await
}

pub(crate) async fn a_list_never_shows_a_session_that_was_revoked_before<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("From the moment that a revoke has returned, no list shows the session.");
    for round in 0..ROUNDS {
        let [revoked, written, new] = [0, 1, 2].map(|number| id(round * 10 + number));
        for id in [revoked, written] {
            h.signed_in(id, &alice(), &row()).await?;
        }
        let fence = h.fence(&alice()).await?;
        let (user, admin) = (h.node(), h.node());
        let in_flight = async move {
            staggered(ROUNDS - round).await;
            let mut seen = Version::FIRST;
            for step in 0..5 {
                let _ = user.touch(revoked, later(step)).await?;
                let _ = user.replace(revoked, Version::FIRST, &row_of(&alice())).await?;
                if let Swap::Done(version) = user.replace(written, seen, &row_of(&alice())).await? {
                    seen = version;
                }
            }
            sign_in(&*user, new, &row_of(&alice()), Terms::under(fence)).await
        };
        let looks = async move {
            staggered(round).await;
            let _ = admin.revoke(revoked).await?;
            let mut sightings = 0;
            for _ in 0..5 {
                sightings += usize::from(ids(admin.list(&alice()).await?).contains(&revoked));
                tokio::task::yield_now().await;
            }
            Ok::<_, StoreError>(sightings)
        };
        let (ended, sightings) = both(in_flight, looks).await;
        let _ = ended?;
        promise.gives("lists that show it", sightings?, 0)?;
        let listed: BTreeSet<_> = h.listed(&alice()).await?.into_iter().collect();
        promise.gives("list in the end", listed, [written, new].into())?;
        h.store().revoke_subject(&alice(), None).await?;
    }
    Ok(())
}

pub(crate) async fn nothing_in_flight_brings_back_sessions_of_a_revoked_subject<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("From the moment that a subject's revocation has returned, none of its sessions loads.");
    for round in 0..ROUNDS {
        let all = [0, 1, 2].map(|number| id(round * 10 + number));
        for id in all {
            h.signed_in(id, &alice(), &row()).await?;
        }
        let (user, admin) = (h.node(), h.node());
        let in_flight = async move {
            staggered(ROUNDS - round).await;
            for step in 0..5 {
                for id in all {
                    let touched = user.touch(id, later(step)).await?;
                    if let (Touched::Done, Some(loaded)) = (touched, user.load(id).await?) {
                        let _ = user.replace(id, loaded.version, &loaded.row).await?;
                    }
                }
            }
            Ok::<_, StoreError>(())
        };
        let revoke = async move {
            staggered(round).await;
            if round % 2 == 0 {
                admin.revoke_subject(&alice(), None).await?;
            } else {
                admin.revoke_everyone().await?;
            }
            let mut sightings = 0;
            for id in all {
                sightings += usize::from(admin.load(id).await?.is_some());
            }
            Ok::<_, StoreError>(sightings)
        };
        let (ended, sightings) = both(in_flight, revoke).await;
        ended?;
        promise.gives("sessions that load after it", sightings?, 0)?;
        promise.gives("list in the end", h.listed(&alice()).await?, Vec::new())?;
        promise.gives("all sessions in the end", h.paged().await?, Vec::new())?;
    }
    Ok(())
}
