//! Why a run comes to no good end.

use std::error::Error;
use std::io;

use cloakroom_test_servers::ServerError;
use cloakroom_testkit::storm::Broken;
use thiserror::Error;

/// Why a run comes to no good end.
#[derive(Debug, Error)]
pub enum Trouble {
    /// The store has broken a promise.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A server does not do as it is told.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// There is no port, or no folder.
    #[error("this machine has no port or folder for it")]
    System(#[from] io::Error),
    /// The store does not open.
    #[error("the store does not open")]
    Open(#[source] Box<dyn Error + Send + Sync>),
    /// The lock of a file cannot be had.
    #[error("the file cannot be locked")]
    Lock(#[from] rusqlite::Error),
}

impl Trouble {
    pub(crate) fn open(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Open(Box::new(error))
    }
}
