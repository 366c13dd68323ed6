//! Callers that give up in the middle of a sign-in or a revocation.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Insert, Loaded, SubjectIndex, SubjectInsert, SubjectInserted, Version};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, evicting};
use crate::conformance::samples::{alice, bob, first_of, row, row_of, row_of_at, subject, visitor};
use crate::conformance::tasks::dropped_after;

const NEVER_HALF: Promise =
    Promise("A future that is dropped has had its effect or none, but never half of it.");

/// A future of a store that is polled more often than this was woken for nothing.
const POLLS_MAX: usize = 64;

pub(crate) async fn a_dropped_sign_in_is_whole_or_nothing<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    for polls in 0..POLLS_MAX {
        let user = subject(&format!("user {polls}"));
        let number = polls as u64 * 10;
        let (visitor, oldest, new) =
            (visitor(number), h.id_of(&user, number + 1), h.id_of(&user, number + 2));
        h.begin(visitor, &row()).await?;
        h.signed_in(oldest, &user, &row()).await?;
        let new_row = row_of_at(&user, 10);
        let insert = Insert { id: new, row: &new_row, replaces: Some(first_of(visitor)) };
        let Terms { fence, cap, now, .. } = Terms::under(h.fence(&user).await?).capped(evicting(1));
        let sign_in = h.store().insert_for_subject(SubjectInsert { insert, fence, cap, now });
        let done = dropped_after(polls, sign_in).await.transpose()?;

        // What was given up may still arrive between two questions, so it is the last answers that must agree.
        let is_new_at_first = h.store().load(new).await?.is_some();
        let are_old_then =
            [h.store().load(visitor).await?.is_some(), h.store().load(oldest).await?.is_some()];
        let new_at_last = h.store().load(new).await?;
        if is_new_at_first {
            NEVER_HALF.gives(
                "whether replaced and evicted are there beside the new one",
                are_old_then,
                [false; 2],
            )?;
            NEVER_HALF.gives("list once the new one is there", h.listed(&user).await?, vec![new])?;
        }
        if are_old_then.contains(&false) {
            let right = Loaded { row: new_row, version: Version::FIRST };
            NEVER_HALF.gives("load of the new session once an old one is gone", new_at_last, Some(right))?;
        }
        if let Some(answer) = done {
            let right = SubjectInserted::Done { evicted: vec![oldest] };
            NEVER_HALF.gives("sign-in that nobody gave up", answer, right)?;
            break;
        }
    }
    Ok(())
}

pub(crate) async fn a_dropped_revocation_of_a_subject_is_whole_or_nothing<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    for polls in 0..POLLS_MAX {
        let sessions = begun(&h, polls).await?;
        let fence = h.fence(&alice()).await?;
        let done = dropped_after(polls, h.store().revoke_subject(&alice(), None)).await.transpose()?;
        is_all_or_none(&h, sessions).await?;
        if h.load(sessions[0]).await?.is_none() {
            let probe = id(500_000 + polls as u64);
            let inserted = h.sign_in(probe, &row_of(&alice()), Terms::under(fence)).await?;
            NEVER_HALF.gives(
                "sign-in from before a revocation that ended sessions",
                inserted,
                Ok(SubjectInserted::Fenced),
            )?;
        }
        if done.is_some() {
            break;
        }
        h.store().revoke_subject(&alice(), None).await?;
    }
    Ok(())
}

pub(crate) async fn a_dropped_revocation_of_everyone_is_whole_or_nothing<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    for polls in 0..POLLS_MAX {
        let sessions = begun(&h, polls).await?;
        let fence = h.fence(&bob()).await?;
        let done = dropped_after(polls, h.store().revoke_everyone()).await.transpose()?;
        is_all_or_none(&h, sessions).await?;
        if h.load(sessions[0]).await?.is_none() {
            let probe = h.id_of(&bob(), 500_000 + polls as u64);
            let inserted = h.sign_in(probe, &row_of(&bob()), Terms::under(fence)).await?;
            NEVER_HALF.gives(
                "sign-in from before a revocation that ended sessions",
                inserted,
                Ok(SubjectInserted::Fenced),
            )?;
        }
        if done.is_some() {
            break;
        }
        h.store().revoke_everyone().await?;
    }
    Ok(())
}

async fn begun<S: SubjectIndex>(h: &Harness<S>, polls: usize) -> Result<[SessionId; 4], Failure> {
    let sessions = [0, 1, 2, 3].map(|number| h.id_of(&alice(), polls as u64 * 10 + number));
    for id in sessions {
        h.signed_in(id, &alice(), &row()).await?;
    }
    Ok(sessions)
}

/// That the sessions are all there or all gone; looked at in both directions, since what was given up may arrive
/// meanwhile.
async fn is_all_or_none<S: SubjectIndex>(h: &Harness<S>, sessions: [SessionId; 4]) -> Outcome {
    let there_and_back = sessions.into_iter().chain(sessions.into_iter().rev());
    let mut are_there = Vec::new();
    for id in there_and_back {
        are_there.push(h.store().load(id).await?.is_some());
    }
    let first_gone = are_there.iter().position(|is_there| !is_there).unwrap_or(are_there.len());
    NEVER_HALF.holds(
        !are_there[first_gone..].contains(&true),
        format_args!("whether the sessions load, there and back: {are_there:?}"),
    )
}
