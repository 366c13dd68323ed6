//! What has to be told, to one node of what another did.

use std::sync::Arc;

use cloakroom_core::store::{Changes, Inserted, SubjectIndex, SubjectInserted};
use cloakroom_core::{SessionId, Subject};

use crate::conformance::changes::{Ear, Told};
use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, evicting};
use crate::conformance::samples::{ROUNDS, alice, at, first_of, id, row, row_of, row_of_at, visitor};

/// More than fit into one message of a channel.
const MANY: u64 = 300;

/// A node that listens to another one.
struct Listener<S> {
    promise: Promise,
    node: Arc<S>,
    ear: Ear,
}

impl<S: Changes> Listener<S> {
    async fn of(harness: &Harness<S>, promise: &'static str) -> Result<Self, Failure> {
        let promise = Promise(promise);
        let node = harness.another_node().await?;
        let mut ear = Ear::on(Arc::clone(&node));
        promise.gives("what is told first", ear.next().await, Some(Told::Connected))?;
        Ok(Self { promise, node, ear })
    }

    /// That of each of these sessions is told, one by one or all of a subject or everyone at once.
    async fn hears_of(&mut self, sessions: &[(SessionId, Option<&Subject>)]) -> Outcome {
        let mut unheard = sessions.to_vec();
        while !unheard.is_empty() {
            match self.ear.next().await {
                Some(Told::Session(id)) => unheard.retain(|(unheard, _)| *unheard != id),
                Some(Told::Subject(subject)) => unheard.retain(|(_, of)| *of != Some(&subject)),
                Some(Told::Everyone) => unheard.clear(),
                other => return self.promise.holds(false, format_args!("told, while it is due: {other:?}")),
            }
        }
        Ok(())
    }
}

pub(crate) async fn a_write_is_told<S: Changes>(harness: Harness<S>) -> Outcome {
    let mut listener = Listener::of(&harness, "A replace that was done is told.").await?;
    harness.begin(visitor(1), &row()).await?;
    for _ in 0..3 {
        harness.write(visitor(1), &row()).await?;
        listener.hears_of(&[(visitor(1), None)]).await?;
    }
    Ok(())
}

pub(crate) async fn a_revocation_is_told<S: Changes>(harness: Harness<S>) -> Outcome {
    let mut listener = Listener::of(&harness, "The end of a session is told.").await?;
    harness.begin(visitor(1), &row()).await?;
    let _ = harness.store().revoke(visitor(1)).await?;
    listener.hears_of(&[(visitor(1), None)]).await
}

pub(crate) async fn the_end_of_a_replaced_session_is_told<S: Changes>(harness: Harness<S>) -> Outcome {
    let mut listener = Listener::of(&harness, "That an insert has ended another session is told.").await?;
    harness.begin(visitor(1), &row()).await?;
    let inserted = harness.insert(visitor(2), &row(), Some(first_of(visitor(1)))).await?;
    listener.promise.gives("insert", inserted, Ok(Inserted::Done))?;
    listener.hears_of(&[(visitor(1), None)]).await
}

pub(crate) async fn all_ends_by_a_sign_in_are_told<S>(harness: Harness<S>) -> Outcome
where
    S: Changes + SubjectIndex,
{
    let promise =
        "What a sign-in has ended is told: the session that it replaced, and those that its cap ended.";
    let mut listener = Listener::of(&harness, promise).await?;
    let alice = alice();
    harness.begin(visitor(0), &row()).await?;
    let mut due = vec![(visitor(0), None)];
    for number in 1..MANY {
        let old = harness.id_of(&alice, number);
        harness.begin(old, &row_of(&alice)).await?;
        due.push((old, Some(&alice)));
    }
    let terms =
        Terms::under(harness.fence(&alice).await?).replacing(first_of(visitor(0))).capped(evicting(1));
    let new = harness.id_of(&alice, MANY);
    let inserted = harness.sign_in(new, &row_of_at(&alice, MANY), terms.at(at(MANY))).await?;
    let is_done = matches!(inserted, Ok(SubjectInserted::Done { .. }));
    listener.promise.holds(is_done, format_args!("sign-in: {inserted:?}"))?;
    listener.hears_of(&due).await
}

pub(crate) async fn the_revocation_of_a_subject_is_told<S>(harness: Harness<S>) -> Outcome
where
    S: Changes + SubjectIndex,
{
    let mut listener = Listener::of(&harness, "The end of a subject's sessions is told.").await?;
    let alice = alice();
    let mut due = Vec::new();
    for number in 0..3 {
        let session = harness.id_of(&alice, number);
        harness.begin(session, &row_of(&alice)).await?;
        due.push((session, Some(&alice)));
    }
    let spared = harness.id_of(&alice, 3);
    harness.begin(spared, &row_of(&alice)).await?;
    harness.store().revoke_subject(&alice, Some(spared)).await?;
    listener.hears_of(&due).await?;
    harness.store().revoke_subject(&alice, None).await?;
    listener.hears_of(&[(spared, Some(&alice))]).await
}

pub(crate) async fn the_revocation_of_everyone_is_told<S>(harness: Harness<S>) -> Outcome
where
    S: Changes + SubjectIndex,
{
    let mut listener = Listener::of(&harness, "The end of everyone's sessions is told.").await?;
    let alice = alice();
    let session = harness.id_of(&alice, 1);
    harness.begin(visitor(0), &row()).await?;
    harness.begin(session, &row_of(&alice)).await?;
    harness.store().revoke_everyone().await?;
    listener.hears_of(&[(visitor(0), None), (session, Some(&alice))]).await
}

pub(crate) async fn what_is_told_can_be_read<S: Changes>(harness: Harness<S>) -> Outcome {
    let mut listener = Listener::of(&harness, "What is told can be read by then.").await?;
    for round in 0..ROUNDS {
        harness.begin(id(round), &row()).await?;
        // Whatever is told of the begin, which need not be, has been heard with this.
        let mark = id(ROUNDS + round);
        harness.begin(mark, &row()).await?;
        let _ = harness.store().revoke(mark).await?;
        listener.hears_of(&[(mark, None)]).await?;
        let writer = harness.node();
        let revoking = tokio::spawn(async move { writer.revoke(id(round)).await });
        listener.hears_of(&[(id(round), None)]).await?;
        let loaded = listener.node.load(id(round)).await?;
        listener.promise.gives("load, when its end was told", loaded, None)?;
        let _ = revoking.await.expect("a revocation does not panic")?;
    }
    Ok(())
}
