//! What goes wrong between us and Redis.

use std::error::Error;
use std::fmt;

use cloakroom_core::store::{ErrorKind, StoreError};
use redis::RedisError;

/// What errors call this store.
pub(crate) const BACKEND: &str = "redis";

/// Why a request was not answered as it should have been.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No server could be reached: nothing was done.
    Unreachable(RedisError),
    /// The connection broke, or the server answered nonsense: what was done is unknown.
    Broken(RedisError),
    /// The server refused: nothing was done.
    Refused(RedisError),
    /// The server was silent for too long: what was done is unknown.
    Silent,
    /// Something else than was asked for came back, or a value that no script of ours has written.
    Nonsense(&'static str),
    /// The write was done, and too few replicas have it.
    TooFewReplicas { acknowledged: i64, wanted: u32 },
    /// The store was emptied, and others place subjects by another key now; the next try uses that.
    Estranged,
    /// The ID is taken.
    Duplicate,
    /// The ID is not in the place of its subject.
    Misplaced,
}

impl Trouble {
    pub(crate) fn of(self, operation: &'static str) -> StoreError {
        let kind = match &self {
            Self::Unreachable(error) | Self::Broken(error) if error.is_timeout() => ErrorKind::TimedOut,
            Self::Unreachable(_) | Self::Broken(_) | Self::Refused(_) | Self::Estranged => {
                ErrorKind::Unavailable
            }
            Self::Silent | Self::TooFewReplicas { .. } => ErrorKind::TimedOut,
            Self::Nonsense(_) => ErrorKind::Corrupt,
            Self::Duplicate => return StoreError::new(ErrorKind::Duplicate, BACKEND, operation),
            Self::Misplaced => return StoreError::new(ErrorKind::Misplaced, BACKEND, operation),
        };
        StoreError::new(kind, BACKEND, operation).with_source(self)
    }

    /// Whether asking again cannot do anything twice.
    pub(crate) const fn is_undone(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Refused(_))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(_) => f.write_str("no server can be reached"),
            Self::Broken(_) => f.write_str("the connection broke"),
            Self::Refused(_) => f.write_str("the server refused"),
            Self::Silent => f.write_str("the server did not answer in time"),
            Self::Nonsense(what) => write!(f, "{what}"),
            Self::TooFewReplicas { acknowledged, wanted } => {
                write!(f, "{acknowledged} replicas have the write, and {wanted} were to have it")
            }
            Self::Estranged => f.write_str("the store was emptied while it was in use"),
            Self::Duplicate => f.write_str("the ID is taken"),
            Self::Misplaced => f.write_str("the ID is not in the place of its subject"),
        }
    }
}

impl Error for Trouble {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(error) | Self::Broken(error) | Self::Refused(error) => Some(error),
            _ => None,
        }
    }
}
