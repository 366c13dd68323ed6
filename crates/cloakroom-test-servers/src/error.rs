//! Why there is no server.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A server did not start, or not as it should.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The operating system refused something.
    #[error("{what}")]
    System {
        /// What was tried.
        what: String,
        /// What it said.
        source: io::Error,
    },
    /// The program ended before it was ready.
    #[error("{program} ended before it was ready:\n{log}")]
    Ended {
        /// The program.
        program: PathBuf,
        /// What it wrote.
        log: String,
    },
    /// The program runs and is not ready.
    #[error("{program} was not ready in time:\n{log}")]
    Late {
        /// The program.
        program: PathBuf,
        /// What it wrote.
        log: String,
    },
    /// Another server answers where ours should.
    #[error("what answers on port {port} is not the server that was started: {evidence}")]
    Foreign {
        /// The port.
        port: u16,
        /// What gave it away.
        evidence: String,
    },
    /// Servers did not come to what they were to agree on.
    #[error("it did not come about that {what}")]
    Disagreement {
        /// What was waited for.
        what: String,
    },
    /// A program that prepares a server's data failed.
    #[error("{program} failed:\n{log}")]
    Preparation {
        /// The program.
        program: PathBuf,
        /// What it wrote.
        log: String,
    },
}

impl ServerError {
    /// The operating system refused `what`.
    pub(crate) fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::System { what, source }
    }
}
