//! Trouble with the accounts' database.

use std::path::PathBuf;

use thiserror::Error;

/// The accounts cannot be read or written.
#[derive(Debug, Error)]
pub enum AccountsError {
    /// The file cannot be made or opened.
    #[error("cannot open the database {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A newer cloakroom has written the file.
    #[error("the accounts have schema version {found}, and this cloakroom knows versions up to {known}")]
    Newer {
        /// The version in the file.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// A statement failed.
    #[error("the accounts could not {operation}")]
    Statement {
        /// What was to be done, to follow "could not".
        operation: &'static str,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The thread that worked on the database died.
    #[error("the thread of the accounts' database died")]
    Thread(#[source] tokio::task::JoinError),
}
