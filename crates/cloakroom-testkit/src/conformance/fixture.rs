//! What a store author hands to the suite.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// A store with nothing in it, for one check.
///
/// ```
/// use cloakroom_testkit::{Fixture, ModelStore};
///
/// let store = ModelStore::new();
/// let again = store.clone();
/// let fixture = Fixture::new(store).opened_again_by(move || {
///     let node = again.clone();
///     async move { node }
/// });
/// # let _ = fixture;
/// ```
pub struct Fixture<S> {
    pub(crate) store: S,
    pub(crate) opener: Option<Opener<S>>,
    // Dropped last: the store may still write there while it is dropped.
    pub(crate) kept: Kept,
}

pub(crate) type Opening<S> = Pin<Box<dyn Future<Output = S> + Send>>;
pub(crate) type Opener<S> = Arc<dyn Fn() -> Opening<S> + Send + Sync>;
pub(crate) type Kept = Vec<Box<dyn Any + Send + Sync>>;

impl<S> Fixture<S> {
    /// A fixture of this store, which no other check sees.
    pub fn new(store: S) -> Self {
        Self { store, opener: None, kept: Vec::new() }
    }

    /// How to open the same data again: as another node beside the first, or after the first has been dropped.
    ///
    /// The checks of `shared` stores need it.
    #[must_use]
    pub fn opened_again_by<F, Opened>(mut self, open: F) -> Self
    where
        F: Fn() -> Opened + Send + Sync + 'static,
        Opened: Future<Output = S> + Send + 'static,
    {
        self.opener = Some(Arc::new(move || Box::pin(open())));
        self
    }

    /// Keeps something, such as a temporary folder, until the check is done with the store.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.kept.push(Box::new(guard));
        self
    }
}

impl<S> fmt::Debug for Fixture<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("shared", &self.opener.is_some()).finish_non_exhaustive()
    }
}
