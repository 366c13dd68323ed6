//! Expired sessions.
//!
//! Redis drops a row by itself a day after its end; a purge is for those who want the room back sooner. It walks over all
//! keys, since an index by end would cost every session a quarter more: of a million sessions some seconds of the server's
//! time, in steps of a millisecond. So call it every hour rather than every minute, or never.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use cloakroom_core::Timestamp;

use crate::error::Trouble;
use crate::inner::Inner;
use crate::link::Link;
use crate::script;
use crate::sessions::moment;
use crate::walk::{STEP_KEYS, Walk};

/// A purge that has removed as many rows as one call may, and is to be gone on with.
pub(crate) struct Purging {
    now: Timestamp,
    servers: VecDeque<Arc<Link>>,
    walk: Option<Walk>,
    /// Keys that were found and not looked at.
    found: Vec<String>,
}

impl Inner {
    pub(crate) async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, Trouble> {
        let left_off = self.purging.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut purging = if let Some(purging) = left_off.filter(|purging| purging.now == now) {
            purging
        } else {
            let servers = self.router.masters().await?.into_values().collect();
            Purging { now, servers, walk: None, found: Vec::new() }
        };
        let mut removed = 0;
        while removed < rows_max {
            let Some(keys) = purging.next(self, rows_max - removed).await? else { return Ok(removed) };
            let counted = self.on_all(&script::COLLECT, keys, &[moment(now)]).await?;
            removed += usize::try_from(counted).unwrap_or(usize::MAX);
        }
        *self.purging.lock().unwrap_or_else(PoisonError::into_inner) = Some(purging);
        Ok(removed)
    }
}

impl Purging {
    /// Up to so many keys; `None` when all servers have been walked over.
    async fn next(&mut self, inner: &Inner, keys_max: usize) -> Result<Option<Vec<String>>, Trouble> {
        while self.found.is_empty() {
            let walk = if let Some(walk) = &mut self.walk {
                walk
            } else {
                let Some(server) = self.servers.pop_front() else { return Ok(None) };
                self.walk.insert(Walk::begin(&server).await?)
            };
            match walk.step(inner).await? {
                Some(keys) => self.found = keys,
                None => self.walk = None,
            }
        }
        let rest = self.found.len().saturating_sub(keys_max.min(STEP_KEYS));
        Ok(Some(self.found.split_off(rest)))
    }
}
