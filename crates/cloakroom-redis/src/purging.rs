//! How far a purge has come.

use std::collections::VecDeque;
use std::sync::Arc;

use cloakroom_core::Timestamp;

use crate::error::Trouble;
use crate::keys::Keys;
use crate::link::Link;
use crate::scan::{STEP_KEYS, Walk};

/// A purge that has removed as many rows as one call may, and is to be gone on with.
pub(crate) struct Purging {
    pub(crate) now: Timestamp,
    servers: VecDeque<Arc<Link>>,
    walk: Option<Walk>,
    /// Keys that were found and not looked at.
    found: Vec<String>,
}

impl Purging {
    pub(crate) fn new(now: Timestamp, servers: impl IntoIterator<Item = Arc<Link>>) -> Self {
        Self { now, servers: servers.into_iter().collect(), walk: None, found: Vec::new() }
    }

    /// Up to so many keys; `None` when all servers have been walked over.
    pub(crate) async fn next(
        &mut self,
        keys: &Keys,
        keys_max: usize,
    ) -> Result<Option<Vec<String>>, Trouble> {
        while self.found.is_empty() {
            let walk = if let Some(walk) = &mut self.walk {
                walk
            } else {
                let Some(server) = self.servers.pop_front() else { return Ok(None) };
                self.walk.insert(Walk::begin(&server).await?)
            };
            match walk.step(keys).await? {
                Some(keys) => self.found = keys,
                None => self.walk = None,
            }
        }
        let rest = self.found.len().saturating_sub(keys_max.min(STEP_KEYS));
        Ok(Some(self.found.split_off(rest)))
    }
}
