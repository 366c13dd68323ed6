//! Trouble with the accounts' database.

use cloakroom::store::{ErrorKind, StoreError};
use cloakroom_stores::OpenError;
use thiserror::Error;

/// The accounts cannot be read or written.
#[derive(Debug, Error)]
pub enum AccountsError {
    /// The database cannot be opened, or was written by a newer version.
    #[error("the accounts cannot be opened")]
    Open(#[from] OpenError),
    /// A statement failed.
    #[error("the accounts could not {operation}")]
    Statement {
        /// What was to be done, to follow "could not".
        operation: &'static str,
        /// What the database says.
        source: StoreError,
    },
    /// A row of a user holds what this program never wrote.
    #[error("the column {column} of a user cannot be read")]
    Unreadable {
        /// The column.
        column: &'static str,
    },
    /// A row of an API key holds what this program never wrote.
    #[error("the column {column} of an API key cannot be read")]
    UnreadableApiKey {
        /// The column.
        column: &'static str,
    },
    /// A row of a signing key holds what this program never wrote.
    #[error("the column {column} of a signing key cannot be read")]
    UnreadableKey {
        /// The column.
        column: &'static str,
    },
    /// A row of the trail of events holds what this program never wrote.
    #[error("the column {column} of an event cannot be read")]
    UnreadableEvent {
        /// The column.
        column: &'static str,
    },
}

impl AccountsError {
    /// What kind of trouble the database has, where it is the database's.
    pub(crate) const fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Statement { source, .. } => Some(source.kind()),
            _ => None,
        }
    }
}
