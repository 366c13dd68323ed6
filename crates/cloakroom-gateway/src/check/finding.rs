//! One thing that an operator should know.

use std::fmt;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// It works, and not as well or as safely as it could.
    Warning,
    /// It does not work, or lets in whom it should not.
    Error,
}

/// One thing that an operator should know about a configuration, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands: a line of the file, a variable, a flag, or a file.
    pub place: String,
    /// What is so, and what comes of it.
    pub what: String,
    /// What to do.
    pub advice: String,
}

impl Severity {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    pub(super) fn new(severity: Severity, place: impl fmt::Display, what: String, advice: &str) -> Self {
        Self { severity, place: place.to_string(), what, advice: advice.to_owned() }
    }

    /// Writes it into the log of a gateway that starts.
    pub(crate) fn log(&self) {
        let Self { place, what, advice, .. } = self;
        match self.severity {
            Severity::Error => tracing::error!(place, advice, "{what}"),
            Severity::Warning => tracing::warn!(place, advice, "{what}"),
            Severity::Note => tracing::debug!(place, advice, "{what}"),
        }
    }
}
