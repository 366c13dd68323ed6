//! What can go wrong between us and a server.

use std::io;
use std::sync::Arc;

use cloakroom_core::store::{ErrorKind, StoreError};
use thiserror::Error;

/// What errors and the log call the store.
pub(crate) const NAME: &str = "memcached";

/// Why a call has no answer.
#[derive(Clone, Debug, Error)]
pub(crate) enum Trouble {
    #[error("cannot connect to {address}")]
    Connect { address: Arc<str>, source: Arc<io::Error> },
    #[error("{address} did not answer in time")]
    Late { address: Arc<str> },
    #[error("the connection to {address} broke")]
    Broken { address: Arc<str>, source: Option<Arc<io::Error>> },
    #[error("the connection to {address} ended before anything was sent on it")]
    Unsent { address: Arc<str> },
    #[error("{address} answered what no Memcached 1.6 answers: {answer}")]
    Strange { address: Arc<str>, answer: String },
    #[error("{address} refused: {answer}")]
    Refused { address: Arc<str>, answer: String },
    #[error("a row of {octets} octets is larger than the {octets_max} that an item may have")]
    TooLarge { octets: usize, octets_max: usize },
    #[error("an item holds {0} and no row of ours")]
    Undecodable(&'static str),
    #[error("others wrote first each of {0} times")]
    Contended(u32),
    #[error("the row was dropped for want of room before the sign-in was done")]
    Evicted,
}

impl Trouble {
    /// The same as what the caller is told.
    pub(crate) fn of(self, operation: &'static str) -> StoreError {
        let kind = match &self {
            Self::Late { .. } => ErrorKind::TimedOut,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Undecodable(_) => ErrorKind::Corrupt,
            _ => ErrorKind::Unavailable,
        };
        StoreError::new(kind, NAME, operation).with_source(self)
    }
}
