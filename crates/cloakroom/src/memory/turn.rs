//! Whose turn it is to be purged.

use std::sync::atomic::{AtomicU8, Ordering};

/// The shard that the next purge begins with, so that short purges come round to all of them.
#[derive(Default)]
pub(super) struct Turn(AtomicU8);

impl Turn {
    pub(super) fn first(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn begin_with(&self, number: u8) {
        self.0.store(number, Ordering::Relaxed);
    }
}
