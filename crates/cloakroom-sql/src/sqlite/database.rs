//! An open file: who reads it, who writes it, and how it is closed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cloakroom_core::store::StoreError;
use rusqlite::Connection;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::checkpoint::{Checkpoints, start_checkpoints};
use super::error::Trouble;
use super::job::{Class, Job, job};
use super::moments::Moments;
use super::open_error::{OpenError, OpenTrouble};
use super::opening::{add_tables, on_a_thread, open_checkpointer, open_writer};
use super::presence::Presence;
use super::readers::Readers;
use super::wal_index::WalIndex;
use super::writer::{QUEUE, Writer};
use crate::component::Component;

/// How long closing waits for what was asked before.
const CLOSING_MAX: Duration = Duration::from_secs(10);

/// An open file; every clone is the same.
///
/// The last one to go waits until everything that was asked is written, and closes the file.
#[derive(Clone)]
pub(super) struct Database {
    open: Arc<Open>,
}

struct Open {
    path: PathBuf,
    // Dropped in this order: SQLite tidies the log away when its last connection closes, and only one that can write can
    // do that.
    readers: Arc<Readers>,
    checkpoints: Checkpoints,
    writer: WriterThread,
    moments: Option<Arc<Moments>>,
    presence: Arc<Presence>,
}

struct WriterThread {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    ended: Mutex<std_mpsc::Receiver<()>>,
}

impl Database {
    /// Opens the file, creates what is missing of a component, and starts both threads.
    pub(super) fn open(path: &Path, component: Component) -> Result<Self, OpenError> {
        let path = std::path::absolute(path).map_err(|error| OpenError::new(path, error.into()))?;
        match Open::new(&path, component) {
            Ok(open) => Ok(Self { open: Arc::new(open) }),
            Err(trouble) => Err(OpenError::new(&path, trouble)),
        }
    }

    /// Brings the tables, or indexes, of one more component up to date.
    pub(super) async fn add_tables(&self, component: Component) -> Result<(), OpenError> {
        let add =
            move |path: &Path| add_tables(path, component).map_err(|trouble| OpenError::new(path, trouble));
        on_a_thread(self.path(), add).await
    }

    /// The file, as an absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.open.path
    }

    /// Reads a few rows at once, on this thread.
    pub(super) fn read<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.open.presence_of(operation)?;
        self.open.readers.read(work).map_err(|error| Trouble::from(error).in_operation(operation))
    }

    /// Reads what may be many rows, on a thread for blocking work.
    pub(super) async fn read_long<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.open.presence_of(operation)?;
        let readers = Arc::clone(&self.open.readers);
        match spawn_blocking(move || readers.read(work)).await {
            Ok(outcome) => outcome.map_err(|error| Trouble::from(error).in_operation(operation)),
            Err(_) => Err(Trouble::Closed.in_operation(operation)),
        }
    }

    /// Has `work` done by the writer and waits for what its class promises.
    ///
    /// It may run twice, when the transaction it was in is undone because of another operation. It is done also when
    /// nobody waits for it any more.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        class: Class,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answer) = job(class, work);
        let queue = self.open.writer.queue.as_ref().expect("the queue is there until the writer is dropped");
        let sent = queue.send(job).await.is_ok();
        let outcome = if sent { answer.await.unwrap_or(Err(Trouble::Closed)) } else { Err(Trouble::Closed) };
        outcome.map_err(|trouble| trouble.in_operation(operation))
    }

    /// Tells for how long what is read stays true; `None` where that cannot be told.
    pub(super) fn moments(&self) -> Option<&Moments> {
        self.open.moments.as_deref().filter(|_| !self.open.presence.is_gone())
    }

    /// Keeps upkeep out of the way of whoever waits for the disk.
    pub(super) async fn settle(&self) {
        self.open.checkpoints.settle().await;
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("path", &self.open.path).finish_non_exhaustive()
    }
}

impl Open {
    fn new(path: &Path, component: Component) -> Result<Self, OpenTrouble> {
        let mut connection = open_writer(path, component)?;
        let presence = Arc::new(Presence::of(path)?);
        let readers = Arc::new(Readers::open(path)?);
        let (checkpoints, keeper) = start_checkpoints(&mut connection, open_checkpointer(path)?)?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let moments = watch(path, &mut connection)?;
        let writer = Writer::new(connection, jobs, keeper, moments.clone(), Some(Arc::clone(&presence)));
        let (done, ended) = std_mpsc::channel();
        let thread = thread::Builder::new().name("sqlite-writer".into()).spawn(move || {
            writer.run();
            let _ = done.send(());
        })?;
        let writer = WriterThread { queue: Some(queue), thread: Some(thread), ended: Mutex::new(ended) };
        Ok(Self { path: path.to_owned(), readers, checkpoints, writer, moments, presence })
    }

    /// Nothing is read of a file that has gone. Whether it is back is looked for by every reader.
    fn presence_of(&self, operation: &'static str) -> Result<(), StoreError> {
        if self.presence.is_gone() && !self.presence.look() {
            Err(Trouble::Gone.in_operation(operation))
        } else {
            Ok(())
        }
    }
}

/// Has what the writer's connection writes told.
fn watch(path: &Path, writer: &mut Connection) -> rusqlite::Result<Option<Arc<Moments>>> {
    let index = match WalIndex::open(path) {
        Ok(index) => index,
        Err(error) => {
            tracing::debug!(path = %path.display(), %error, "no session is kept in memory");
            return Ok(None);
        }
    };
    let moments = Arc::new(Moments::new(index));
    let told = Arc::clone(&moments);
    writer.update_hook(Some(move |_, _: &str, table: &str, row| told.wrote(table, row)))?;
    Ok(Some(moments))
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.queue = None;
        let Some(thread) = self.thread.take() else { return };
        // Work in the queue may hold the last clone; the thread cannot wait for itself.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if thread.thread().id() != thread::current().id() && ended.recv_timeout(CLOSING_MAX).is_ok() {
            let _ = thread.join();
        }
    }
}
