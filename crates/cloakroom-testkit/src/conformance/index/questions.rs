//! What many checks ask of a subject index.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use cloakroom_core::store::{
    Cap, CapPolicy, ErrorKind, Fence, Insert, Loaded, Row, Seen, SubjectIndex, SubjectInsert, SubjectInserted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::{Harness, or_duplicate};
use crate::conformance::samples::at;

/// What a sign-in brings along besides its session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) fence: Fence,
    pub(crate) replaces: Option<Seen>,
    pub(crate) cap: Option<Cap>,
    pub(crate) now: Timestamp,
}

impl Terms {
    pub(crate) const fn under(fence: Fence) -> Self {
        Self { fence, replaces: None, cap: None, now: at(0) }
    }

    pub(crate) const fn replacing(self, seen: Seen) -> Self {
        Self { replaces: Some(seen), ..self }
    }

    pub(crate) const fn capped(self, cap: Cap) -> Self {
        Self { cap: Some(cap), ..self }
    }

    pub(crate) const fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

/// At most `sessions_max`, and the first created end.
pub(crate) fn evicting(sessions_max: usize) -> Cap {
    Cap { sessions_max: at_least_one(sessions_max), policy: CapPolicy::EvictOldest }
}

/// At most `sessions_max`, and no more sign-ins.
pub(crate) fn refusing(sessions_max: usize) -> Cap {
    Cap { sessions_max: at_least_one(sessions_max), policy: CapPolicy::RefuseNew }
}

fn at_least_one(sessions_max: usize) -> NonZeroUsize {
    NonZeroUsize::new(sessions_max).expect("caps in checks are at least one")
}

/// The answer of a sign-in that ended no other session.
#[expect(clippy::unnecessary_wraps, reason = "it is held against answers that may be errors")]
pub(crate) const fn done() -> Result<SubjectInserted, ErrorKind> {
    Ok(SubjectInserted::Done { evicted: Vec::new() })
}

/// A sign-in; a taken ID is an answer like any other.
pub(crate) async fn sign_in<S: SubjectIndex>(
    store: &S,
    id: SessionId,
    row: &Row,
    terms: Terms,
) -> Result<Result<SubjectInserted, ErrorKind>, Failure> {
    let Terms { fence, replaces, cap, now } = terms;
    let insert = Insert { id, row, replaces };
    or_duplicate(store.insert_for_subject(SubjectInsert { insert, fence, cap, now }).await)
}

impl<S: SubjectIndex> Harness<S> {
    /// The moment at which a sign-in begins.
    pub(crate) async fn fence(&self, subject: &Subject) -> Result<Fence, Failure> {
        Ok(self.store().fence(subject).await?)
    }

    /// A sign-in of a row that has a subject.
    pub(crate) async fn sign_in(
        &self,
        id: SessionId,
        row: &Row,
        terms: Terms,
    ) -> Result<Result<SubjectInserted, ErrorKind>, Failure> {
        sign_in(self.store(), id, row, terms).await
    }

    /// Signs a subject in as a check's starting point.
    pub(crate) async fn signed_in(&self, id: SessionId, subject: &Subject, row: &Row) -> Outcome {
        let promise = Promise("A sign-in that began after all revocations, without a cap, is done.");
        let terms = Terms::under(self.fence(subject).await?);
        let row = Row { subject: Some(subject.clone()), ..row.clone() };
        promise.gives("insert_for_subject", self.sign_in(id, &row, terms).await?, done())
    }

    pub(crate) async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, Failure> {
        Ok(self.store().list(subject).await?)
    }

    /// The IDs that the subject's list has, in its order.
    pub(crate) async fn listed(&self, subject: &Subject) -> Result<Vec<SessionId>, Failure> {
        Ok(ids(self.list(subject).await?))
    }

    /// The IDs of all sessions, by pages of three.
    pub(crate) async fn paged(&self) -> Result<Vec<SessionId>, Failure> {
        Ok(self.walk(3).await?.into_keys().collect())
    }

    /// All sessions, by pages of up to `rows_max`.
    pub(crate) async fn walk(&self, rows_max: usize) -> Result<BTreeMap<SessionId, Loaded>, Failure> {
        walk(self.store(), rows_max).await
    }

    /// That a session neither loads nor is found by its subject or by a page.
    pub(crate) async fn is_gone_from_the_index(
        &self,
        promise: Promise,
        id: SessionId,
        subject: &Subject,
    ) -> Outcome {
        promise.gives("load", self.load(id).await?, None)?;
        let listed = self.listed(subject).await?;
        promise.holds(!listed.contains(&id), format_args!("the subject's list has {id}: {listed:?}"))?;
        let paged = self.paged().await?;
        promise.holds(!paged.contains(&id), format_args!("the pages have {id}: {paged:?}"))
    }
}

/// All sessions, by pages of up to `rows_max`.
pub(crate) async fn walk<S: SubjectIndex>(
    store: &S,
    rows_max: usize,
) -> Result<BTreeMap<SessionId, Loaded>, Failure> {
    let promise = Promise("A walk by pages comes to an end.");
    let mut found = BTreeMap::new();
    let mut page = store.page(None, rows_max).await?;
    for _ in 0..10_000 {
        found.extend(page.sessions);
        let Some(next) = page.next else { return Ok(found) };
        page = store.page(Some(&next), rows_max).await?;
    }
    promise.holds(false, "after 10000 pages there was a next one").map(|()| found)
}

pub(crate) fn ids(found: Vec<(SessionId, Loaded)>) -> Vec<SessionId> {
    found.into_iter().map(|(id, _)| id).collect()
}
