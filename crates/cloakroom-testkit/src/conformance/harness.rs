//! What a check has in its hands: a store, and the questions that many checks ask.

use std::fmt;
use std::sync::Arc;

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, Seen, Store, StoreError, Swap, Touched, Version,
};
use cloakroom_core::{SessionId, Subject};

use super::failure::{Failure, Outcome, Promise};
use super::fixture::{Fixture, Kept, Opener};
use super::samples::{id, later, row};

/// A fresh store and a way to open it again.
pub(crate) struct Harness<S> {
    store: Arc<S>,
    opener: Option<Opener<S>>,
    kept: Kept,
}

impl<S> fmt::Debug for Harness<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness").field("shared", &self.opener.is_some()).finish_non_exhaustive()
    }
}

impl<S> From<Fixture<S>> for Harness<S> {
    fn from(fixture: Fixture<S>) -> Self {
        Self { store: Arc::new(fixture.store), opener: fixture.opener, kept: fixture.kept }
    }
}

impl<S: Store> Harness<S> {
    /// The store, for this task.
    pub(crate) fn store(&self) -> &S {
        &self.store
    }

    /// The store, for a task of its own.
    pub(crate) fn node(&self) -> Arc<S> {
        Arc::clone(&self.store)
    }

    /// Another node on the same data.
    pub(crate) async fn another_node(&self) -> Result<Arc<S>, Failure> {
        let opener = self.opener.as_ref().ok_or(Failure::NotShared)?;
        Ok(Arc::new(opener().await))
    }

    /// The same data after the store has been dropped and opened again.
    pub(crate) async fn restarted(self) -> Result<Self, Failure> {
        let Self { store, opener, kept } = self;
        drop(store);
        let open = opener.clone().ok_or(Failure::NotShared)?;
        Ok(Self { store: Arc::new(open().await), opener, kept })
    }

    /// Where the store wants the `number`th session of this subject.
    pub(crate) fn id_of(&self, subject: &Subject, number: u64) -> SessionId {
        self.store.place(id(number), subject)
    }

    /// [`Harness::id_of`] for one subject.
    pub(crate) fn ids_of(&self, subject: &Subject) -> impl Fn(u64) -> SessionId + use<S> {
        let (store, subject) = (self.node(), subject.clone());
        move |number| store.place(id(number), &subject)
    }

    /// Where the store wants a session of this row.
    pub(crate) fn placed(&self, id: SessionId, row: &Row) -> SessionId {
        row.subject.as_ref().map_or(id, |subject| self.store.place(id, subject))
    }

    /// What the session loads as, by both ways of loading; nothing may write meanwhile.
    pub(crate) async fn load(&self, id: SessionId) -> Result<Option<Loaded>, Failure> {
        let promise = Promise("`load_now` gives the answer of `load`, or none.");
        let loaded = self.store.load(id).await?;
        if let Some(now) = self.store.load_now(id) {
            promise.gives("load_now, where load has just answered", now?, loaded.clone())?;
        }
        Ok(loaded)
    }

    /// What the session loads as; it was made by the check itself.
    pub(crate) async fn load_existing(&self, id: SessionId) -> Result<Loaded, Failure> {
        let promise = Promise("What was inserted and not ended loads.");
        promise.finds(self.load(id).await?, format_args!("load of {id}: None"))
    }

    /// Creates a session as a check's starting point.
    pub(crate) async fn begin(&self, id: SessionId, row: &Row) -> Outcome {
        let promise = Promise("A free ID and nothing to replace make an insert that is done.");
        promise.gives("insert", self.insert(id, row, None).await?, Ok(Inserted::Done))
    }

    /// An insert; a taken ID is an answer like any other.
    pub(crate) async fn insert(
        &self,
        id: SessionId,
        row: &Row,
        replaces: Option<Seen>,
    ) -> Result<Result<Inserted, ErrorKind>, Failure> {
        or_duplicate(self.store.insert(Insert { id, row, replaces }).await)
    }

    /// Writes a session and gives its new version.
    pub(crate) async fn write(&self, id: SessionId, row: &Row) -> Result<Version, Failure> {
        let promise = Promise("A replace of the version that is there is done.");
        let seen = self.load_existing(id).await?.version;
        match self.store.replace(id, seen, row).await? {
            Swap::Done(version) => Ok(version),
            swap => {
                Err(promise.holds(false, format_args!("replace: {swap:?}")).expect_err("it does not hold"))
            }
        }
    }

    /// That a session is gone for every operation, and that none of them brings it back.
    pub(crate) async fn is_gone(&self, promise: Promise, gone: SessionId, last: Version) -> Outcome {
        let heir = id(0xdead);
        promise.gives("load", self.load(gone).await?, None)?;
        for seen in [last, Version::FIRST, last.next()] {
            let swap = self.store.replace(gone, seen, &row()).await?;
            promise.gives("replace", swap, Swap::Gone)?;
        }
        promise.gives("touch", self.store.touch(gone, later(10)).await?, Touched::Gone)?;
        let seen = Seen { id: gone, version: last };
        let inserted = self.insert(heir, &row(), Some(seen)).await?;
        promise.gives("insert of a session that replaces it", inserted, Ok(Inserted::Gone))?;
        promise.gives("load of the session that was to replace it", self.load(heir).await?, None)?;
        promise.gives("revoke", self.store.revoke(gone).await?, Revoked::Absent)?;
        promise.gives("load after all that", self.load(gone).await?, None)
    }
}

/// The answer to an insert, with a taken ID as a value.
pub(crate) fn or_duplicate<T>(answer: Result<T, StoreError>) -> Result<Result<T, ErrorKind>, Failure> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) if error.kind() == ErrorKind::Duplicate => Ok(Err(ErrorKind::Duplicate)),
        Err(error) => Err(error.into()),
    }
}
