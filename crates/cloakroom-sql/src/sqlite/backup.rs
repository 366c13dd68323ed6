//! A copy of a database file, made beside processes that read and write it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::open_error::OpenError;
use super::opening::open_for_backup;

/// What a copy has of the sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopiedSessions {
    /// None: everybody signs in again where it is put back, and nothing that ended after it lives again.
    None,
    /// Those of the moment of the copy, those that have ended since among them.
    All,
}

/// No copy was made; there is no file, not even a part of one.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is a file of this name already.
    #[error("{} is there already, and a backup replaces nothing", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite could not copy.
    #[error("the copy failed")]
    Copy(#[from] rusqlite::Error),
    /// The copy is not sound, so that the database is not either.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
}

/// Copies a database into a new file that its owner alone can read. Takes as long as reading and writing it does.
///
/// The copy is of one moment. Writers are not held up meanwhile; only their log cannot begin anew. The file gets its name when it is whole
/// and on the disk.
///
/// # Errors
/// [`BackupError`]; nothing is left behind then.
pub fn back_up(database: &Path, to: &Path, sessions: CopiedSessions) -> Result<(), BackupError> {
    let written = |source| BackupError::Write { path: to.to_owned(), source };
    if to.try_exists().map_err(written)? {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let source = open_for_backup(database).map_err(|trouble| OpenError::new(database, trouble))?;
    let part = Part::create(to).map_err(written)?;
    copy(&source, &part.0, sessions)?;
    File::open(&part.0).and_then(|file| file.sync_all()).map_err(written)?;
    // Unlike a rename, a link replaces nothing.
    fs::hard_link(&part.0, to).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { path: to.to_owned() },
        _ => BackupError::Write { path: to.to_owned(), source },
    })?;
    drop(part);
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(written)
}

fn copy(source: &Connection, to: &Path, sessions: CopiedSessions) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // All of it in one step, which is one read of one moment: between two steps another process could write, and it would begin again.
    let step = Backup::new(source, &mut target)?.step(-1)?;
    if step != StepResult::Done {
        return Err(BackupError::Damaged("it is not whole".to_owned()));
    }
    // Without a log beside it the copy is one file.
    target.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    if sessions == CopiedSessions::None {
        target.query_row("PRAGMA secure_delete = ON", (), |_| Ok(()))?;
        if target.table_exists(None, "sessions")? {
            target.execute_batch("DELETE FROM sessions; VACUUM;")?;
        }
    }
    let found: String = target.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if found != "ok" {
        return Err(BackupError::Damaged(found));
    }
    target.close().map_err(|(_, error)| error.into())
}

/// A copy that is not whole yet; gone when this is.
struct Part(PathBuf);

impl Part {
    fn create(to: &Path) -> io::Result<Self> {
        let mut name = to.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(".part");
        let path = to.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed is only half a backup, and says so by its name.
        let _left = fs::remove_file(&self.0);
    }
}
