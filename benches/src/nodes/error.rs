//! Why there is nothing to measure.

use std::io;

use cloakroom_test_servers::ServerError;
use thiserror::Error;

/// A node, its store or a client of it failed.
#[derive(Debug, Error)]
pub enum NodesError {
    /// A server did not start.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The operating system refused something.
    #[error("{what}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// A node said something else than it is to say.
    #[error("a node answered {path} with: {answer}")]
    Answer {
        /// What it was asked for.
        path: String,
        /// The head of its answer.
        answer: String,
    },
}

impl NodesError {
    /// The operating system refused `what`.
    pub(crate) const fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
