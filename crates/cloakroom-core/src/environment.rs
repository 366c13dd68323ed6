//! What the core is given by its surroundings: the time and randomness, as contracts.

use std::sync::Arc;

use thiserror::Error;

use crate::time::Timestamp;

/// Says what time it is.
///
/// The values of one process never go back, whatever happens to the wall clock: a session that has expired stays so.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Gives random octets that nobody can guess.
///
/// # Security
/// Outside tests it is the operating system's CSPRNG; every session token comes from here.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `octets`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is none to be had; no session begins then.
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system gave no random octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system gave no random octets")]
pub struct EntropyError;

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<E: Entropy + ?Sized> Entropy for Arc<E> {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        (**self).fill(octets)
    }
}
