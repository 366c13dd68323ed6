//! The head of the write-ahead log's index, which every commit of every process changes.
//!
//! All who have a file open in write-ahead-log mode share an index of its log, `FILE-shm`, that each maps into its memory. It begins
//! with two copies of a header: a count of commits, the length of the log, and a checksum over all of it. A commit writes both
//! before it returns. As long as they are as they were, nobody has committed anything; SQLite keeps pages in memory for
//! exactly as long. We read these 96 octets by an ordinary read, which costs a third of a microsecond where SQLite's locks cost ten.
//!
//! Source: <https://www.sqlite.org/walformat.html>, 2.1.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The index of a file's log, open for reading.
#[derive(Debug)]
pub(super) struct WalIndex(Arc<File>);

/// Both copies of the header, as they are at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head([u8; Self::LEN]);

impl Head {
    const COPY_LEN: usize = 48;
    const LEN: usize = 2 * Self::COPY_LEN;

    /// Whether it was read between two commits and not in the midst of one.
    pub(super) fn is_whole(&self) -> bool {
        const IS_INITIALISED: usize = 12;
        let (first, second) = self.0.split_at(Self::COPY_LEN);
        first == second && first[IS_INITIALISED] == 1
    }

    /// Whether exactly one commit has come since `before`, and has left a log of so many pages.
    ///
    /// A log that has begun anew meanwhile has another salt. That counts as a stranger's doing, whoever did it.
    pub(super) fn is_next_of(&self, before: &Self, pages: u32) -> bool {
        self.is_whole()
            && self.commits() == before.commits().wrapping_add(1)
            && self.pages() == pages
            && self.salts() == before.salts()
    }

    fn commits(&self) -> u32 {
        self.number_at(8)
    }

    fn pages(&self) -> u32 {
        self.number_at(16)
    }

    fn salts(&self) -> [u32; 2] {
        [self.number_at(32), self.number_at(36)]
    }

    /// Numbers are as this machine has them: no other can share the memory.
    fn number_at(&self, at: usize) -> u32 {
        let octets = self.0[at..at + 4].try_into().expect("these are four octets");
        u32::from_ne_bytes(octets)
    }
}

/// The indexes that this process has opened, in which order never matters.
///
/// **Closing any descriptor of a file gives up all locks that a process has on it** (POSIX), and SQLite has its locks on this one. So
/// each is opened once, and kept until its name is gone, which SQLite removes when its last connection closes.
static OPENED: Mutex<Vec<Opened>> = Mutex::new(Vec::new());

struct Opened {
    identity: Identity,
    file: Arc<File>,
}

/// Which file it is, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

impl Opened {
    fn is_needed(&self) -> bool {
        // One that cannot be asked is kept.
        Arc::strong_count(&self.file) > 1 || self.file.metadata().map_or(true, |found| found.nlink() > 0)
    }
}

impl WalIndex {
    /// Opens the index of a database that a connection of this process has open.
    pub(super) fn open(database: &Path) -> io::Result<Self> {
        // SQLite puts it beside the file that a symbolic link leads to.
        let mut path = fs::canonicalize(database)?.into_os_string();
        path.push("-shm");
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(Opened::is_needed);
        let named = Identity::of(&fs::metadata(&path)?);
        if let Some(known) = opened.iter().find(|known| known.identity == named) {
            return Ok(Self(Arc::clone(&known.file)));
        }
        let file = Arc::new(File::open(&path)?);
        let known = Opened { identity: named, file: Arc::clone(&file) };
        // Kept from here on, whatever comes; the name may have come to another file meanwhile.
        opened.push(known);
        let identity = Identity::of(&file.metadata()?);
        if let Some(last) = opened.last_mut() {
            last.identity = identity;
        }
        Ok(Self(file))
    }

    /// The head as it is now; `None` when it cannot be read.
    pub(super) fn head(&self) -> Option<Head> {
        let mut octets = [0; Head::LEN];
        self.0.read_exact_at(&mut octets, 0).ok()?;
        Some(Head(octets))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tempfile::tempdir;

    use super::*;

    fn database(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.execute_batch("CREATE TABLE IF NOT EXISTS t (n)").unwrap();
        connection
    }

    #[test]
    fn every_commit_changes_the_head_and_nothing_else_does() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = database(&path);
        let index = WalIndex::open(&path).unwrap();
        let first = index.head().unwrap();
        assert!(first.is_whole());
        connection.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(index.head(), Some(first), "it is not committed");
        connection.execute_batch("COMMIT; SELECT * FROM t; BEGIN IMMEDIATE; COMMIT").unwrap();
        let second = index.head().unwrap();
        assert!(second.is_next_of(&first, second.pages()) && !second.is_next_of(&first, second.pages() + 1));
        connection.execute_batch("INSERT INTO t VALUES (2)").unwrap();
        let third = index.head().unwrap();
        assert!(third.is_next_of(&second, third.pages()) && !third.is_next_of(&first, third.pages()));
    }

    #[test]
    fn a_log_that_begins_anew_is_told_from_one_that_goes_on() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = database(&path);
        let index = WalIndex::open(&path).unwrap();
        let before = index.head().unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
        connection.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        let after = index.head().unwrap();
        assert!(after.is_whole() && after.commits() == before.commits() + 1);
        assert!(!after.is_next_of(&before, after.pages()));
    }

    #[test]
    fn an_index_is_opened_once_and_given_up_only_when_its_name_is_gone() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.db");
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let connection = database(&path);
        let index = WalIndex::open(&path).unwrap();
        assert!(Arc::ptr_eq(&index.0, &WalIndex::open(&link).unwrap().0));
        let gone = Arc::downgrade(&index.0);
        drop(index);
        let again = WalIndex::open(&path).unwrap();
        assert!(Arc::ptr_eq(&again.0, &gone.upgrade().unwrap()), "it was kept");
        drop((again, connection));
        let _other = database(&path);
        let _index = WalIndex::open(&path).unwrap();
        assert!(gone.upgrade().is_none());
    }
}
