//! Connections that read, on the thread of whoever asks.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::available_parallelism;

use rusqlite::Connection;

use super::open_error::OpenTrouble;
use super::opening::open_reader;

/// The most connections that read; each may hold 2 MiB of the file in memory.
const CONNECTIONS_MAX: usize = 8;

/// A few connections that read, each for one caller at a time.
///
/// **They work on the caller's thread, which is one of the async runtime.** Looking a session up takes 3 to 10
/// microseconds from the system's page cache, and nobody ever waits for the writer; handing it to a thread for blocking
/// work and back would cost more than that, and add a queue. When the page has to come from a disk, the
/// thread waits for it as it would for any page fault. What reads many rows goes to a blocking thread; see
/// [`Database::read_long`](super::database::Database::read_long).
///
/// **They do not map the file into memory**, which would save a third of that time: a disk error would then be a signal
/// that kills the process, and not a failed request.
#[derive(Debug)]
pub(super) struct Readers {
    connections: Box<[Mutex<Connection>]>,
    next: AtomicUsize,
}

impl Readers {
    /// One connection for each thread that can run at once, and at least two.
    pub(super) fn open(path: &Path) -> Result<Self, OpenTrouble> {
        let count = available_parallelism().map_or(2, usize::from).clamp(2, CONNECTIONS_MAX);
        let connections = (0..count).map(|_| open_reader(path).map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self { connections, next: AtomicUsize::new(0) })
    }

    /// Runs `work` on a connection that nobody else uses.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        work(&self.lock())
    }

    /// A free connection, or the wait for one when all are in use.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        let first = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let (before, from) = self.connections.split_at(first);
        for connection in from.iter().chain(before) {
            match connection.try_lock() {
                Ok(guard) => return guard,
                // A read that panicked has left nothing behind: its statement was reset on the way out.
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.connections[first].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
