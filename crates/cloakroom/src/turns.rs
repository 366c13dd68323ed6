//! Turns: requests that compete for one row each get through, one after the other.

use cloakroom_core::SessionId;
use tokio::sync::{Mutex, MutexGuard};

/// Turns of requests that compete for one session.
pub(crate) struct Turns([Mutex<()>; 64]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl Turns {
    pub(crate) async fn wait(&self, id: SessionId) -> MutexGuard<'_, ()> {
        self.0[usize::from(id.as_octets()[0]) % self.0.len()].lock().await
    }
}
