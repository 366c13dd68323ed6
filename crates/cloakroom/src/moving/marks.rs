//! The store of marks: what has been used, and who moves in no more.

use std::time::Duration;

use cloakroom_core::store::{ErrorKind, Insert, Inserted, StoreError};
use cloakroom_core::{MovingMark, Subject, Timestamp};

use super::MovingIn;
use crate::engine::Engine;
use crate::erased::Boxed;
use crate::error::Error;

/// How much longer than the moving in a mark is kept: a wall clock may be set back meanwhile.
const MARGIN: Duration = Duration::from_hours(24);

/// The marks of a moving in.
#[derive(Clone, Copy)]
pub(super) struct Marks<'a> {
    pub(super) engine: &'a Engine,
    pub(super) moving: &'a MovingIn,
}

/// What became of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    /// This call has written it; no other ever will.
    First,
    /// It was there.
    Before,
}

impl Marks<'_> {
    /// Writes a mark: of all calls for it, on all processes, one is the first.
    pub(super) async fn write(self, mark: MovingMark) -> Result<Marked, Error> {
        let Self { engine, moving } = self;
        let row = MovingMark::row(&engine.fresh_secret()?, engine.now(), moving.until.after(MARGIN));
        let inserted: Boxed<'_, Marked> = Box::pin(async {
            match moving.marks.insert(Insert { id: mark.id(), row: &row, replaces: None }).await {
                Ok(Inserted::Done) => Ok(Marked::First),
                Ok(Inserted::Lost | Inserted::Gone) => Ok(Marked::Before),
                Err(error) if error.kind() == ErrorKind::Duplicate => Ok(Marked::Before),
                Err(error) => Err(error),
            }
        });
        self.in_time("insert", inserted).await
    }

    /// Takes a mark back that nothing came of. Where that fails, the user signs in by hand.
    pub(super) async fn take_back(self, mark: MovingMark) {
        let _ = self.in_time("revoke", self.moving.marks.revoke(mark.id())).await;
    }

    /// Whether nobody moves in as this subject any more.
    pub(super) async fn bar(self, subject: &Subject) -> Result<bool, Error> {
        for mark in [MovingMark::EVERYONE, MovingMark::of_subject(subject)] {
            if self.in_time("load", self.moving.marks.load_fresh(mark.id())).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes marks that are not wanted any more.
    async fn purge(self) -> Result<(), Error> {
        const BATCH_ROWS: usize = 500;
        while self.in_time("purge", self.moving.marks.purge(self.engine.now(), BATCH_ROWS)).await?
            == BATCH_ROWS
        {}
        Ok(())
    }

    async fn in_time<T>(self, operation: &'static str, answer: Boxed<'_, T>) -> Result<T, Error> {
        let marks = &self.moving.marks;
        let late = |_| Err(StoreError::new(ErrorKind::TimedOut, marks.name(), operation));
        let answer = tokio::time::timeout(self.engine.store_timeout, answer).await.unwrap_or_else(late);
        answer.map_err(|error| self.engine.failed(error))
    }
}

impl MovingIn {
    /// Lets nobody move in as this subject any more, or nobody at all.
    ///
    /// Called before sessions are ended: a moving in that is under way either sees this, or loses to the revocation after it.
    pub(crate) async fn end_for(&self, engine: &Engine, subject: Option<&Subject>) -> Result<(), Error> {
        if self.is_over(engine.now()) {
            return Ok(());
        }
        let mark = subject.map_or(MovingMark::EVERYONE, MovingMark::of_subject);
        Marks { engine, moving: self }.write(mark).await.map(drop)
    }

    pub(crate) async fn purge(&self, engine: &Engine) -> Result<(), Error> {
        Marks { engine, moving: self }.purge().await
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.until
    }
}
