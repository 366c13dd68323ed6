//! Who waits for whom within this process.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::fences::BUCKETS;

/// Turns of the operations that would lock the same row on the server.
///
/// Whoever has to wait for another of this process does so here, where it takes no connection from those who need not wait;
/// and the operations of one subject begin in the order in which they were called, also when some were given up.
pub(super) struct Turns {
    buckets: Vec<Arc<Mutex<()>>>,
    everyone: Arc<Mutex<()>>,
}

/// Which turn an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// None: it waits for nobody.
    None,
    /// That of a bucket of subjects.
    Bucket(u32),
    /// That of everyone.
    Everyone,
}

impl Turns {
    /// Waits for the turn, which lasts until the guard goes.
    pub(super) async fn take(&self, turn: Turn) -> Option<OwnedMutexGuard<()>> {
        let mutex = match turn {
            Turn::None => return None,
            Turn::Bucket(bucket) => &self.buckets[bucket as usize],
            Turn::Everyone => &self.everyone,
        };
        Some(Arc::clone(mutex).lock_owned().await)
    }
}

impl Default for Turns {
    fn default() -> Self {
        let buckets = (0..BUCKETS).map(|_| Arc::default()).collect();
        Self { buckets, everyone: Arc::default() }
    }
}
