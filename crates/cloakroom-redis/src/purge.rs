//! Expired sessions.
//!
//! Redis drops a row by itself a day after its end; a purge is for those who want the room back sooner. It walks over all
//! keys, since an index by end would cost every session a quarter more: of a million sessions some seconds of the server's
//! time, in steps of a millisecond. So call it every hour rather than every minute, or never.

use std::sync::PoisonError;

use cloakroom_core::Timestamp;

use crate::error::Trouble;
use crate::inner::Inner;
use crate::purging::Purging;
use crate::script;
use crate::sessions::moment;

impl Inner {
    pub(crate) async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, Trouble> {
        let left_off = self.purging.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut purging = if let Some(purging) = left_off.filter(|purging| purging.now == now) {
            purging
        } else {
            Purging::new(now, self.router.masters().await?.into_values())
        };
        let mut removed = 0;
        while removed < rows_max {
            let Some(keys) = purging.next(&self.keys, rows_max - removed).await? else { return Ok(removed) };
            let counted = self.on_all(&script::COLLECT, keys, &[moment(now)]).await?;
            removed += usize::try_from(counted).unwrap_or(usize::MAX);
        }
        *self.purging.lock().unwrap_or_else(PoisonError::into_inner) = Some(purging);
        Ok(removed)
    }
}
