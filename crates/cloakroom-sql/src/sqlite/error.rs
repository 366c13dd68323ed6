//! Trouble with an open file.

use std::sync::Arc;

use cloakroom_core::store::{ErrorKind, StoreError};
use rusqlite::ErrorCode;
use thiserror::Error;

/// What this store is called in errors and logs.
pub(super) const BACKEND: &str = "sqlite";

/// Why a write failed; shared, since a transaction that fails does so for every operation in it.
#[derive(Clone, Debug, Error)]
pub(super) enum Trouble {
    /// SQLite failed or refused.
    #[error(transparent)]
    Sqlite(Arc<rusqlite::Error>),
    /// The file at the path is another one, or none.
    #[error("the database file was deleted or replaced while it was open")]
    Gone,
    /// The operation panicked; the others of its transaction did not suffer.
    #[error("the operation panicked")]
    Panicked,
    /// The thread that writes has ended.
    #[error("the store is shutting down")]
    Closed,
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl Trouble {
    /// This trouble as the caller of `operation` sees it.
    pub(super) fn in_operation(self, operation: &'static str) -> StoreError {
        let kind = match &self {
            Self::Sqlite(error) => kind(error),
            Self::Gone | Self::Panicked | Self::Closed => ErrorKind::Unavailable,
        };
        StoreError::new(kind, BACKEND, operation).with_source(self)
    }
}

fn kind(error: &rusqlite::Error) -> ErrorKind {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => ErrorKind::Corrupt,
        error => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ErrorKind::Corrupt,
            _ => ErrorKind::Unavailable,
        },
    }
}
