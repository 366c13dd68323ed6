//! One write that waits for its turn.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::Trouble;

/// What an operation asks of the transaction that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// On the disk before it is answered.
    Durable,
    /// Answered when readers see it; on the disk with the next durable one.
    Lazy,
    /// Like [`Class::Lazy`], after everything else that waits, and in a transaction of its own.
    Upkeep,
}

/// One write that waits for its turn, whatever it returns.
pub(super) trait Job: Send {
    fn class(&self) -> Class;

    /// Does the work within a transaction.
    ///
    /// It runs again when that transaction is undone for the sake of another operation in it.
    fn run(&mut self, connection: &Connection) -> Result<(), Trouble>;

    /// Tells whoever waits, after the transaction.
    fn answer(self: Box<Self>, committed: Result<(), Trouble>);
}

/// A job, and where its answer is awaited.
pub(super) fn job<T, W>(class: Class, work: W) -> (Box<dyn Job>, oneshot::Receiver<Result<T, Trouble>>)
where
    T: Send + 'static,
    W: FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Task { class, work, outcome: None, reply }), answer)
}

struct Task<T, W> {
    class: Class,
    work: W,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, Trouble>>,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnMut(&Connection) -> rusqlite::Result<T> + Send,
{
    fn class(&self) -> Class {
        self.class
    }

    fn run(&mut self, connection: &Connection) -> Result<(), Trouble> {
        // The thread writes for everybody, so a panic must not take it along; what the work may have left half
        // done in the file is undone with the transaction.
        let outcome =
            catch_unwind(AssertUnwindSafe(|| (self.work)(connection))).map_err(|_| Trouble::Panicked)?;
        self.outcome = Some(outcome?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), Trouble>) {
        let Self { outcome, reply, .. } = *self;
        // Nobody waits any more when a request was cancelled; what it asked for is done all the same.
        let _ = reply.send(committed.and_then(|()| outcome.ok_or(Trouble::Closed)));
    }
}
