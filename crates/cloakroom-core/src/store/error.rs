//! Trouble with a store: an error, and never an anonymous visitor.

use std::error::Error;
use std::sync::Arc;

use thiserror::Error;

/// A store could not do what it was asked to: what, where and why.
///
/// Whether the operation took effect is unknown unless the kind says otherwise. A clone is for another caller whose call was
/// the same.
#[derive(Clone, Debug, Error)]
#[error("{backend}: {operation} failed: {kind}")]
pub struct StoreError {
    kind: ErrorKind,
    backend: &'static str,
    operation: &'static str,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What kind of trouble a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It cannot be reached or refuses to work; another try may help.
    #[error("the store is unavailable")]
    Unavailable,
    /// It did not answer in time; another try may help.
    #[error("the store did not answer in time")]
    TimedOut,
    /// A session of this ID exists already; nothing was written.
    #[error("a session of this ID exists already")]
    Duplicate,
    /// The ID is not where the store keeps sessions of the row's subject, see [`Store::place`](super::Store::place);
    /// nothing was written.
    #[error("the ID is not in the place of its subject")]
    Misplaced,
    /// The row is larger than the back end takes; nothing was written, and another try will not help.
    #[error("the row is larger than the store takes")]
    TooLarge,
    /// What it holds cannot be what was written; another try will not help.
    #[error("the store holds data that it cannot have written")]
    Corrupt,
}

impl StoreError {
    /// Trouble of `kind` in `operation` of `backend`.
    pub fn new(kind: ErrorKind, backend: &'static str, operation: &'static str) -> Self {
        Self { kind, backend, operation, source: None }
    }

    /// The back end refused or failed.
    pub fn unavailable(
        backend: &'static str,
        operation: &'static str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::new(ErrorKind::Unavailable, backend, operation).with_source(source)
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// What kind of trouble it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The back end, such as `sqlite`.
    pub const fn backend(&self) -> &'static str {
        self.backend
    }

    /// What was asked of it, such as `replace`.
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether the same request may succeed a moment later.
    pub const fn may_pass(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable | ErrorKind::TimedOut)
    }
}
