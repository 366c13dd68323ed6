//! Trouble with a server, alike for every driver.

use std::error::Error;

use cloakroom_core::store::{ErrorKind, StoreError};
use thiserror::Error as ThisError;

use crate::columns::BadColumn;

/// What went wrong, and what that means for the connection.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) kind: TroubleKind,
    pub(super) source: Box<dyn Error + Send + Sync>,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// The connection is of no more use. Whether a write took effect is unknown.
    Broken,
    /// No answer in time, or the server gave up. Whether a write took effect is unknown.
    TimedOut,
    /// Nothing was written because of somebody else, and it may be tried again.
    Again,
    /// The ID is taken.
    Duplicate,
    /// What the database holds cannot be ours.
    Corrupt,
    /// No encrypted connection came about.
    Tls,
    /// The server does not let this user in.
    Denied,
    /// There is no such database.
    NoDatabase,
    /// The server refused something else.
    Refused,
}

/// Trouble that no driver reports.
#[derive(Debug, ThisError)]
pub(super) enum Silence {
    /// Waiting ended.
    #[error("no answer in time")]
    TimedOut,
    /// The operation panicked.
    #[error("the operation panicked")]
    Panicked,
    /// A row came between two questions about it.
    #[error("others kept changing the row")]
    Changed,
}

impl Trouble {
    pub(super) fn new(kind: TroubleKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: source.into() }
    }

    pub(super) fn timed_out() -> Self {
        Self::new(TroubleKind::TimedOut, Silence::TimedOut)
    }

    /// A write met no row, and the next question found one that it should have met: it came in between.
    pub(super) fn changed_meanwhile() -> Self {
        Self::new(TroubleKind::Again, Silence::Changed)
    }

    /// This trouble as the caller of `operation` sees it.
    pub(super) fn in_operation(self, backend: &'static str, operation: &'static str) -> StoreError {
        let kind = match self.kind {
            TroubleKind::TimedOut => ErrorKind::TimedOut,
            TroubleKind::Duplicate => ErrorKind::Duplicate,
            TroubleKind::Corrupt => ErrorKind::Corrupt,
            TroubleKind::Broken
            | TroubleKind::Again
            | TroubleKind::Tls
            | TroubleKind::Denied
            | TroubleKind::NoDatabase
            | TroubleKind::Refused => ErrorKind::Unavailable,
        };
        StoreError::new(kind, backend, operation).with_source(self.source)
    }
}

impl From<BadColumn> for Trouble {
    fn from(column: BadColumn) -> Self {
        Self::new(TroubleKind::Corrupt, column)
    }
}
