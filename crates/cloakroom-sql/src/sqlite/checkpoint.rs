//! Keeping the write-ahead log short without holding up the writer.
//!
//! A commit appends pages to the log; a checkpoint copies them back into the file and waits for the disk, which takes tens
//! of milliseconds for a few megabytes. SQLite would do that inside of some unlucky commit. Here a thread of its own does it
//! while commits go on; when everything has been copied, the next commit begins the log anew by itself. Under a
//! load that never pauses that moment would not come, so past a second limit the writer waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::{mpsc, oneshot};

use super::open_error::OpenTrouble;

/// Pages in the log from which on it is copied back: 4 MiB, as SQLite has it by default.
const PAGES_DUE: u32 = 1000;

/// Pages in the log from which on upkeep waits for it to be copied back, before it adds more.
///
/// Whoever commits meanwhile waits for the disk behind these; 1000 take it 20 ms, 200 take it 5.
const PAGES_SETTLED: u32 = PAGES_DUE / 5;

/// Pages in the log at which the writer waits: 32 MiB, which a start after a crash reads in some 30 ms.
const PAGES_MAX: u32 = 8 * PAGES_DUE;

/// Asks for checkpoints; every holder asks the same thread.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    requests: mpsc::Sender<oneshot::Sender<()>>,
    log_pages: Arc<AtomicU32>,
}

/// Copies the log back when asked.
struct Checkpointer {
    connection: Connection,
    requests: mpsc::Receiver<oneshot::Sender<()>>,
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
    let log_pages = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&log_pages);
    writer.wal_hook(Some(move |_: &mut Wal, pages| {
        counted.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))?;
    let (sender, requests) = mpsc::channel(4);
    let checkpointer = Checkpointer { connection, requests };
    let thread = thread::Builder::new().name("sqlite-log".into()).spawn(move || checkpointer.run())?;
    let checkpoints = Checkpoints { requests: sender, log_pages };
    let keeper = LogKeeper { checkpoints: checkpoints.clone(), thread, running: None, pages_max: PAGES_MAX };
    Ok((checkpoints, keeper))
}

impl Checkpoints {
    /// Waits for a checkpoint if the log is worth one.
    pub(super) async fn settle(&self) {
        if self.log_pages() >= PAGES_SETTLED {
            let (reply, done) = oneshot::channel();
            if self.requests.send(reply).await.is_ok() {
                // An error means that the store is closing, which ends in a checkpoint anyway.
                let _ = done.await;
            }
        }
    }

    /// How many pages the log had after the last commit of this process.
    fn log_pages(&self) -> u32 {
        self.log_pages.load(Ordering::Relaxed)
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
        if let Err(error) = self.connection.query_row(PASSIVE, (), |_| Ok(())) {
            tracing::warn!(%error, "the log of the session database could not be copied back");
        }
    }
}

impl LogKeeper {
    /// Begins a checkpoint when one is due; waits for it when the log is too long.
    pub(super) fn after_commits(&mut self) {
        let pages = self.checkpoints.log_pages();
        if pages < PAGES_DUE {
            self.pages_max = PAGES_MAX;
        } else if pages >= self.pages_max {
            // The one that is running misses what was appended since it began; nothing is while this thread waits.
            self.wait();
            self.begin();
            self.wait();
            // Unless a long read kept some of it from being copied, the next commit begins anew.
            self.pages_max = pages.saturating_add(PAGES_MAX);
        } else if !self.is_running() {
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
