//! Why there is nothing to test with.

use std::io;

/// Why the tests cannot start.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequirementError {
    #[error("the tests need {missing}\n  install: {command}")]
    Missing { missing: String, command: String },
    #[error("cannot ask whether to install")]
    Ask(#[source] io::Error),
    #[error("cannot run `{command}`")]
    Start { command: String, source: io::Error },
    #[error("`{command}` failed")]
    Install { command: String },
}
