//! Why a command did not succeed, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use cloakroom_gateway::config::ConfigError;

/// A command that did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The configuration is wrong: exit code 2, as for wrong arguments.
    Configuration(ConfigError),
    /// Nothing could be audited: exit code 2.
    Unaudited(Box<dyn Error + Send + Sync>),
    /// Anything else: exit code 1.
    Other(Box<dyn Error + Send + Sync>),
}

impl Failure {
    pub(crate) fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    pub(crate) fn unaudited(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unaudited(error.into())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) | Self::Unaudited(_) => ExitCode::from(2),
            Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error)
    }
}

/// The error and all its causes on one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error: &dyn Error = match self {
            Self::Configuration(error) => error,
            Self::Other(error) | Self::Unaudited(error) => error.as_ref(),
        };
        write!(f, "{error}")?;
        let mut cause = error.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_failure_names_its_causes() {
        let failure = Failure::new(Outer(std::io::Error::other("inner")));
        assert_eq!(failure.to_string(), "outer: inner");
    }
}
