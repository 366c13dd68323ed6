//! Keeping the write-ahead log short without holding up the writer.
//!
//! A commit appends pages to the log; a checkpoint copies them back into the file and waits for the disk, which takes tens
//! of milliseconds for a few megabytes. SQLite would do that inside of some unlucky commit. Here a thread of its own does it
//! while commits go on; when everything has been copied, the next commit begins the log anew by itself.
//!
//! Under a load that never pauses that moment would not come, since there is always something that was appended meanwhile. So
//! the writer waits for the copying of the rest once that is little; or, past a second limit, whatever it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::{mpsc, oneshot};

use super::open_error::OpenTrouble;

/// Pages not copied back from which on a checkpoint is worth its two waits for the disk: 8 MiB. Commits write some pages again
/// and again, so that the more there are the fewer are left to copy.
const PAGES_DUE: u32 = 2000;

/// Pages in the log at which the writer waits: 24 MiB, which a start after a crash reads in some 20 ms.
const PAGES_MAX: u32 = 6000;

/// Pages in the log from which on the writer waits as well if little is left to copy.
const PAGES_RIPE: u32 = 4000;

/// How many pages are little: the disk takes some 5 ms for them, where 1000 take it 20.
const PAGES_LITTLE: u32 = 200;

/// Asks for checkpoints; every holder asks the same thread.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    requests: mpsc::Sender<oneshot::Sender<()>>,
    log: Arc<Log>,
}

/// What is known of the log; another process may have changed it since.
#[derive(Debug, Default)]
struct Log {
    /// How many commits the writer has made that wrote anything.
    commits: AtomicU32,
    /// How many pages it had after the last commit.
    pages: AtomicU32,
    /// How many of them were copied back by the last checkpoint, 0 in a log that has begun anew.
    copied: AtomicU32,
}

/// Copies the log back when asked.
struct Checkpointer {
    connection: Connection,
    requests: mpsc::Receiver<oneshot::Sender<()>>,
    log: Arc<Log>,
}

/// Sees to it, on the writer's thread, that the log stays short.
pub(super) struct LogKeeper {
    checkpoints: Checkpoints,
    thread: JoinHandle<()>,
    running: Option<oneshot::Receiver<()>>,
    pages_max: u32,
}

/// Starts the thread: `writer` is the connection whose commits are counted, `connection` does the copying.
pub(super) fn start_checkpoints(
    writer: &mut Connection,
    connection: Connection,
) -> Result<(Checkpoints, LogKeeper), OpenTrouble> {
    let log = Arc::new(Log::default());
    let counted = Arc::clone(&log);
    writer.wal_hook(Some(move |_: &mut Wal, pages| {
        counted.committed(u32::try_from(pages).unwrap_or(0));
        Ok(())
    }))?;
    let (sender, requests) = mpsc::channel(4);
    let checkpointer = Checkpointer { connection, requests, log: Arc::clone(&log) };
    let thread = thread::Builder::new().name("sqlite-log".into()).spawn(move || checkpointer.run())?;
    let checkpoints = Checkpoints { requests: sender, log };
    let keeper = LogKeeper { checkpoints: checkpoints.clone(), thread, running: None, pages_max: PAGES_MAX };
    Ok((checkpoints, keeper))
}

impl Log {
    fn pages(&self) -> u32 {
        self.pages.load(Ordering::Relaxed)
    }

    fn pages_left(&self) -> u32 {
        self.pages().saturating_sub(self.copied.load(Ordering::Relaxed))
    }

    fn committed(&self, pages: u32) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        if self.pages.swap(pages, Ordering::Relaxed) > pages {
            self.copied.store(0, Ordering::Relaxed);
        }
    }
}

impl Checkpoints {
    /// Waits for a checkpoint if there is more than a little to copy.
    ///
    /// For upkeep, before it adds more: whoever commits meanwhile waits for the disk behind all of it.
    pub(super) async fn settle(&self) {
        if self.log.pages_left() >= PAGES_LITTLE {
            let (reply, done) = oneshot::channel();
            if self.requests.send(reply).await.is_ok() {
                // An error means that the store is closing, which ends in a checkpoint anyway.
                let _ = done.await;
            }
        }
    }
}

impl Checkpointer {
    /// Works until nobody can ask any more.
    fn run(mut self) {
        while let Some(reply) = self.requests.blocking_recv() {
            self.checkpoint();
            let _ = reply.send(());
        }
    }

    /// Copies what it can without making anybody wait; a long read, such as a backup, leaves some for the next time.
    fn checkpoint(&self) {
        const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
        match self.connection.query_row(PASSIVE, (), |row| row.get(2)) {
            Ok(copied) => self.log.copied.store(copied, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the log of the session database could not be copied back"),
        }
    }
}

impl LogKeeper {
    /// How many commits the writer has made that wrote anything, and how many pages the log had after the last.
    pub(super) fn commits_and_pages(&self) -> (u32, u32) {
        let log = &self.checkpoints.log;
        (log.commits.load(Ordering::Relaxed), log.pages())
    }

    /// Begins a checkpoint when one is due; waits for it when little is left to copy, or the log is too long.
    pub(super) fn after_commits(&mut self) {
        let (pages, left) = (self.checkpoints.log.pages(), self.checkpoints.log.pages_left());
        if pages < PAGES_DUE {
            self.pages_max = PAGES_MAX;
        }
        if pages >= self.pages_max || (pages >= PAGES_RIPE && left <= PAGES_LITTLE) {
            // The one that is running misses what was appended since it began; nothing is while this thread waits.
            self.wait();
            self.begin();
            self.wait();
            // Unless a long read kept some of it from being copied, the next commit begins the log anew.
            self.pages_max = pages.saturating_add(PAGES_MAX);
        } else if left >= PAGES_DUE && !self.is_running() {
            self.begin();
        }
    }

    /// Waits for the thread to end, which it does once nobody else can ask it.
    pub(super) fn close(self) {
        drop(self.checkpoints);
        // It panics only where SQLite itself does, and nothing is left to save.
        let _ = self.thread.join();
    }

    fn begin(&mut self) {
        let (reply, done) = oneshot::channel();
        if self.checkpoints.requests.try_send(reply).is_ok() {
            self.running = Some(done);
        }
    }

    fn is_running(&mut self) -> bool {
        let running = self
            .running
            .as_mut()
            .is_some_and(|done| matches!(done.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        if !running {
            self.running = None;
        }
        running
    }

    fn wait(&mut self) {
        if let Some(done) = self.running.take() {
            let _ = done.blocking_recv();
        }
    }
}
