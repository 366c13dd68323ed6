//! The thread that writes.

use std::collections::VecDeque;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::mpsc;

use super::checkpoint::LogKeeper;
use super::error::Trouble;
use super::job::{Class, Job};
use super::moments::Moments;
use super::presence::Presence;

/// How many operations may wait; whoever comes then waits to be let in.
pub(super) const QUEUE: usize = 4096;

/// How many operations share a transaction at most: a few milliseconds of work.
const BATCH: usize = 256;

/// Takes what waits, runs it in one transaction, and answers when that is done.
pub(super) struct Writer {
    connection: Connection,
    queue: mpsc::Receiver<Box<dyn Job>>,
    upkeep: VecDeque<Box<dyn Job>>,
    log: LogKeeper,
    moments: Option<Arc<Moments>>,
    /// None for a database that is in no file.
    presence: Option<Arc<Presence>>,
    syncs: Syncs,
}

/// When a commit waits for the disk, as SQLite's `synchronous` has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syncs {
    /// `FULL`: on every commit.
    Commits,
    /// `NORMAL`: only before the log is copied back.
    Checkpoints,
}

/// Why a transaction was undone.
enum Undone {
    /// One of its operations met trouble; the others need not.
    ByOperation(Trouble),
    /// It could not begin or not be committed.
    AsAWhole(Trouble),
}

impl Writer {
    /// A writer over a connection that commits durably.
    pub(super) fn new(
        connection: Connection,
        queue: mpsc::Receiver<Box<dyn Job>>,
        log: LogKeeper,
        moments: Option<Arc<Moments>>,
        presence: Option<Arc<Presence>>,
    ) -> Self {
        Self { connection, queue, upkeep: VecDeque::new(), log, moments, presence, syncs: Syncs::Commits }
    }

    /// Works until nobody can ask any more and everything is answered.
    pub(super) fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.gather(&mut batch) {
            self.commit(&mut batch);
            if let Some(job) = self.upkeep.pop_front() {
                self.commit(&mut vec![job]);
            }
            self.log.after_commits();
        }
        // The connection closes after it, as the last one: SQLite then tidies the log away.
        self.log.close();
    }

    /// Takes what waits, after a wait for something; `false` when there will never be anything.
    fn gather(&mut self, batch: &mut Vec<Box<dyn Job>>) -> bool {
        if self.upkeep.is_empty() {
            let Some(job) = self.queue.blocking_recv() else { return false };
            self.sort(job, batch);
        }
        while batch.len() < BATCH {
            let Ok(job) = self.queue.try_recv() else { break };
            self.sort(job, batch);
        }
        true
    }

    fn sort(&mut self, job: Box<dyn Job>, batch: &mut Vec<Box<dyn Job>>) {
        if job.class() == Class::Upkeep { self.upkeep.push_back(job) } else { batch.push(job) }
    }

    /// Runs the operations, together if possible, and answers them all.
    ///
    /// Together is only faster, never different: when one of them meets trouble, such as a damaged page, all that
    /// has been done is undone, and each runs in a transaction of its own.
    fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        match self.transaction(batch) {
            Ok(()) => batch.drain(..).for_each(|job| job.answer(Ok(()))),
            Err(Undone::ByOperation(_)) if batch.len() > 1 => {
                for job in batch.drain(..) {
                    self.commit(&mut vec![job]);
                }
            }
            Err(Undone::ByOperation(trouble) | Undone::AsAWhole(trouble)) => {
                batch.drain(..).for_each(|job| job.answer(Err(trouble.clone())));
            }
        }
    }

    /// Runs the operations in one transaction, which is undone unless all went well.
    ///
    /// The write lock is taken at its beginning, where SQLite waits for another process that has it, and not by the first
    /// write in it, where waiting would be in vain: what had been read before would be out of date.
    fn transaction(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Undone> {
        if jobs.is_empty() {
            return Ok(());
        }
        if self.presence.as_ref().is_some_and(|presence| !presence.look()) {
            return Err(Undone::AsAWhole(Trouble::Gone));
        }
        let durable = jobs.iter().any(|job| job.class() == Class::Durable);
        self.sync(if durable { Syncs::Commits } else { Syncs::Checkpoints })?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(moments) = &self.moments else { return carry_out(transaction, jobs) };
        let (commits_before, _) = self.log.commits_and_pages();
        moments.begin();
        let outcome = carry_out(transaction, jobs);
        let (commits, pages) = self.log.commits_and_pages();
        // Before anybody is answered: nobody sees a copy from before a write that they know of.
        moments.end((commits != commits_before).then_some(pages));
        outcome
    }

    fn sync(&mut self, syncs: Syncs) -> rusqlite::Result<()> {
        if self.syncs != syncs {
            let value = match syncs {
                Syncs::Commits => "FULL",
                Syncs::Checkpoints => "NORMAL",
            };
            self.connection.pragma_update(None, "synchronous", value)?;
            self.syncs = syncs;
        }
        Ok(())
    }
}

/// Runs the operations and commits; undoes them all when that does not come about.
fn carry_out(transaction: Transaction<'_>, jobs: &mut [Box<dyn Job>]) -> Result<(), Undone> {
    for job in jobs {
        job.run(&transaction).map_err(Undone::ByOperation)?;
    }
    transaction.commit()?;
    Ok(())
}

impl From<rusqlite::Error> for Undone {
    fn from(error: rusqlite::Error) -> Self {
        Self::AsAWhole(error.into())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::sqlite::checkpoint::start_checkpoints;
    use crate::sqlite::job::job;

    type Answer<T> = oneshot::Receiver<Result<T, Trouble>>;

    /// Jobs that wait before the writer begins, so that the batches are known.
    struct Scene {
        queue: mpsc::Sender<Box<dyn Job>>,
        jobs: mpsc::Receiver<Box<dyn Job>>,
    }

    impl Scene {
        fn new() -> Self {
            let (queue, jobs) = mpsc::channel(QUEUE);
            Self { queue, jobs }
        }

        fn ask<T: Send + 'static>(
            &self,
            class: Class,
            work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
        ) -> Answer<T> {
            let (job, answer) = job(class, work);
            assert!(self.queue.try_send(job).is_ok());
            answer
        }

        /// A row of this number; answers with the rows that it saw before it.
        fn put(&self, class: Class, number: i64) -> Answer<Vec<i64>> {
            self.ask(class, move |connection| {
                let seen = numbers(connection)?;
                connection.execute("INSERT INTO t VALUES (?1)", [number])?;
                Ok(seen)
            })
        }

        fn synchronous(&self, class: Class) -> Answer<i64> {
            self.ask(class, |connection| connection.pragma_query_value(None, "synchronous", |row| row.get(0)))
        }

        fn run(self) {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch("CREATE TABLE t (number INTEGER PRIMARY KEY)").unwrap();
            let other = Connection::open_in_memory().unwrap();
            let (checkpoints, keeper) = start_checkpoints(&mut connection, other).unwrap();
            drop((checkpoints, self.queue));
            Writer::new(connection, self.jobs, keeper, None, None).run();
        }
    }

    fn numbers(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
        connection.prepare("SELECT number FROM t")?.query_map((), |row| row.get(0))?.collect()
    }

    fn outcome<T>(answer: Answer<T>) -> Result<T, Trouble> {
        answer.blocking_recv().unwrap()
    }

    #[test]
    fn an_operation_that_fails_leaves_nothing_and_spoils_no_other() {
        let scene = Scene::new();
        let first = scene.put(Class::Durable, 1);
        let failing = scene.ask(Class::Durable, |connection| {
            connection.execute("INSERT INTO t VALUES (2)", ())?;
            connection.execute("INSERT INTO t VALUES (1)", ())
        });
        let last = scene.put(Class::Durable, 3);
        scene.run();
        assert!(matches!(outcome(failing), Err(Trouble::Sqlite(_))));
        assert_eq!(outcome(first).unwrap(), [0_i64; 0]);
        assert_eq!(outcome(last).unwrap(), [1]);
    }

    #[test]
    fn an_operation_that_panics_leaves_nothing_and_spoils_no_other() {
        let scene = Scene::new();
        let panicking = scene.ask(Class::Durable, |connection| -> rusqlite::Result<()> {
            connection.execute("INSERT INTO t VALUES (1)", ())?;
            // Quieter than `panic!`: no message for the log of the tests.
            std::panic::resume_unwind(Box::new(()))
        });
        let other = scene.put(Class::Durable, 2);
        scene.run();
        assert!(matches!(outcome(panicking), Err(Trouble::Panicked)));
        assert_eq!(outcome(other).unwrap(), [0_i64; 0]);
    }

    /// The error is that of a disk without room.
    #[test]
    fn what_there_is_no_room_for_is_an_error_and_spoils_no_other() {
        let scene = Scene::new();
        let room_for = |pages: i64| {
            scene.ask(Class::Durable, move |connection| {
                let set = format!("PRAGMA max_page_count = {pages}");
                connection.query_row(&set, (), |row| row.get::<_, i64>(0))
            })
        };
        let large = || {
            scene.ask(Class::Durable, |connection| {
                connection.execute_batch("CREATE TABLE large AS SELECT zeroblob(100000)")
            })
        };
        let tight = room_for(3);
        let (before, failing, after) = (scene.put(Class::Durable, 1), large(), scene.put(Class::Durable, 2));
        let (roomy, again) = (room_for(1000), large());
        scene.run();
        assert_eq!(outcome(tight).unwrap(), 3);
        let Err(Trouble::Sqlite(error)) = outcome(failing) else { panic!("there is no room for it") };
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
        assert_eq!(outcome(before).unwrap(), [0_i64; 0]);
        assert_eq!(outcome(after).unwrap(), [1]);
        assert_eq!(outcome(roomy).unwrap(), 1000);
        assert!(outcome(again).is_ok());
    }

    #[test]
    fn a_transaction_waits_for_the_disk_unless_all_of_it_is_lazy() {
        let scene = Scene::new();
        let alone = scene.synchronous(Class::Lazy);
        scene.run();
        assert_eq!(outcome(alone).unwrap(), 1, "NORMAL");

        let scene = Scene::new();
        let (lazy, durable) = (scene.synchronous(Class::Lazy), scene.synchronous(Class::Durable));
        let upkeep = scene.synchronous(Class::Upkeep);
        scene.run();
        assert_eq!(outcome(lazy).unwrap(), 2, "FULL");
        assert_eq!(outcome(durable).unwrap(), 2, "FULL");
        assert_eq!(outcome(upkeep).unwrap(), 1, "NORMAL");
    }

    #[test]
    fn upkeep_goes_last_and_nothing_waits_for_more_than_one_of_it() {
        let scene = Scene::new();
        let upkeep = [scene.put(Class::Upkeep, 10), scene.put(Class::Upkeep, 11)];
        let others: Vec<_> = (0..=i64::try_from(BATCH).unwrap())
            .map(|number| scene.put(Class::Durable, 100 + number))
            .collect();
        scene.run();
        let [first, second] = upkeep.map(|answer| outcome(answer).unwrap().len());
        // The first batch is full, so that one operation is left for the second.
        assert_eq!((first, second), (BATCH, BATCH + 2));
        assert_eq!(outcome(others.into_iter().next_back().unwrap()).unwrap().len(), BATCH + 1);
    }

    #[test]
    fn what_was_asked_is_done_also_when_nobody_waits_for_it() {
        let scene = Scene::new();
        drop(scene.put(Class::Durable, 1));
        let other = scene.put(Class::Durable, 2);
        scene.run();
        assert_eq!(outcome(other).unwrap(), [1]);
    }
}
