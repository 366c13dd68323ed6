//! What can go wrong in memory.

use std::sync::PoisonError;

use cloakroom_core::store::{ErrorKind, StoreError};
use thiserror::Error;

/// The store's name in errors and logs.
pub(super) const NAME: &str = "memory";

/// Why an operation failed; with its name it becomes a [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Trouble {
    /// The ID of a new session is taken.
    #[error("the ID is taken")]
    Duplicate,
    /// The system gives no memory, or a shard has the 128 MiB that it can number.
    #[error("there is no memory for another session")]
    Full,
    /// A thread panicked in the middle of a change, so what the lock protects may be half of it.
    #[error("a thread panicked while it changed the store")]
    Poisoned,
}

impl Trouble {
    /// The error of this operation.
    pub(super) fn of(self, operation: &'static str) -> StoreError {
        let kind = match self {
            Self::Duplicate => return StoreError::new(ErrorKind::Duplicate, NAME, operation),
            Self::Full => ErrorKind::Unavailable,
            Self::Poisoned => ErrorKind::Corrupt,
        };
        StoreError::new(kind, NAME, operation).with_source(self)
    }
}

impl<T> From<PoisonError<T>> for Trouble {
    fn from(_: PoisonError<T>) -> Self {
        Self::Poisoned
    }
}
