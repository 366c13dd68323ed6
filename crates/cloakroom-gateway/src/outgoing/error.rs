//! Why there is no answer.

use std::io;
use std::time::Duration;

use thiserror::Error;

/// A server gave no answer that can be used.
#[derive(Debug, Error)]
pub(crate) enum OutgoingError {
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Connect(#[source] io::Error),
    /// It took too long.
    #[error("it took longer than {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// It does not speak HTTP.
    #[error("it broke off")]
    Broken(#[source] hyper::Error),
    /// Its answer does not come to an end.
    #[error("its answer is broken off or longer than {max} octets")]
    Body {
        /// The octets that an answer may have.
        max: usize,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
