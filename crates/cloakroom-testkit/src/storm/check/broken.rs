//! How a history says that a store is wrong.

use std::fmt;

use crate::storm::event::Event;

/// A promise that a store has broken in a storm, and the calls that tell.
#[derive(Clone, Debug)]
pub struct Broken {
    seed: u64,
    promise: &'static str,
    calls: Vec<Event>,
}

impl Broken {
    pub(super) fn new<'a>(promise: &'static str, calls: impl IntoIterator<Item = &'a Event>) -> Self {
        Self { seed: 0, promise, calls: calls.into_iter().cloned().collect() }
    }

    /// A store that does not come back.
    pub(in crate::storm) fn by_silence(never: &Event) -> Self {
        Self::new("The store answers again when the trouble is over.", [never])
    }

    pub(in crate::storm) fn of_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The promise, in words.
    pub const fn promise(&self) -> &'static str {
        self.promise
    }

    /// What to begin another storm with, to see it again.
    pub const fn seed(&self) -> u64 {
        self.seed
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in the storm of seed {} the store breaks a promise: {}", self.seed, self.promise)?;
        self.calls.iter().try_for_each(|call| write!(f, "\n  {call}"))
    }
}

impl std::error::Error for Broken {}
