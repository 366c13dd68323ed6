//! Why a file could not be opened, and what would be right.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error as ThisError;

/// The file could not be opened: which, why, and what would be right.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    trouble: OpenTrouble,
}

/// Why a file could not be opened.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum OpenTrouble {
    /// There is no such folder.
    #[error("its folder does not exist; create it or name a file in another")]
    FolderMissing,
    /// The path leads to a folder or a device.
    #[error("this is not a file; name a file, which need not exist")]
    NotAFile,
    /// The file or its folder cannot be written.
    #[error("cannot be written; the file and its folder must be writable for the user of this process")]
    NotWritable {
        /// What the system said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The file is something else.
    #[error("this is not an SQLite database; name another file")]
    NotADatabase,
    /// The file is a database of a program that says so.
    #[error(
        "this database belongs to another program (application_id {application_id:#x}); name another file"
    )]
    Foreign {
        /// How that program marks its files.
        application_id: i32,
    },
    /// The file is damaged.
    #[error("the database is damaged; restore it from a backup")]
    Corrupt {
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A later release wrote the file.
    #[error(
        "its tables are of version {found}, this release knows {known}; use the release that wrote it, or a later one"
    )]
    Newer {
        /// The version in the file.
        found: u32,
        /// The latest version that this release knows.
        known: u32,
    },
    /// Another process kept the file locked.
    #[error("another process keeps it locked; end that process or wait for it")]
    Locked {
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file system lacks the shared memory that a write-ahead log needs.
    #[error("no write-ahead log is possible here; put the file on a local disk")]
    NoWriteAheadLog,
    /// The system refused something else.
    #[error("the system refused it")]
    System {
        /// What the system said.
        source: io::Error,
    },
    /// SQLite refused something else.
    #[error("SQLite refused it")]
    Sqlite {
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl OpenError {
    pub(super) fn new(path: &Path, trouble: OpenTrouble) -> Self {
        Self { path: path.to_owned(), trouble }
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why it could not be opened.
    pub const fn trouble(&self) -> &OpenTrouble {
        &self.trouble
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.trouble)
    }
}

impl Error for OpenError {
    /// What is behind the trouble, which itself is in the text already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.trouble.source()
    }
}

impl From<io::Error> for OpenTrouble {
    fn from(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::FolderMissing,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { source: source.into() }
            }
            _ => Self::System { source },
        }
    }
}

impl From<rusqlite::Error> for OpenTrouble {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { source },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { source: source.into() }
            }
            _ => Self::Sqlite { source },
        }
    }
}
