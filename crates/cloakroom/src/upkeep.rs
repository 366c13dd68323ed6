//! Upkeep: the room of what has expired, and what the store could not take when it was asked.

use std::time::Duration;

use crate::admission::make_up_for_all;
use crate::error::Error;
use crate::sessions::Sessions;

impl<I> Sessions<I> {
    /// Ends all sessions whose sign-outs the store could not take when it was asked. [`Sessions::purge`] begins with it; call it when the process
    /// ends, with which what it knows of them is gone.
    ///
    /// # Errors
    /// [`Error::Store`]; some may have been ended.
    pub async fn make_up_for_sign_outs(&self) -> Result<(), Error> {
        make_up_for_all(self.engine()).await?;
        match &self.engine().remember {
            Some(remembering) => remembering.make_up_for_all(self.engine()).await,
            None => Ok(()),
        }
    }

    /// Removes all expired rows, a batch at a time; returns how many. Sign-outs that the store could not take are made up
    /// for first.
    ///
    /// # Errors
    /// [`Error::Store`]; some may have been removed.
    pub async fn purge(&self) -> Result<usize, Error> {
        const BATCH_ROWS: usize = 500;
        self.make_up_for_sign_outs().await?;
        if let Some(moving) = &self.engine().moving {
            moving.purge(self.engine()).await?;
        }
        let mut removed = 0;
        loop {
            let batch = self.engine().store.purge(self.engine().now(), BATCH_ROWS);
            let batch = self.engine().upkeep("purge", batch).await?;
            removed += batch;
            if batch < BATCH_ROWS {
                return Ok(removed);
            }
        }
    }

    /// Removes expired rows for ever, at this interval. Spawn it once per process.
    ///
    /// Expired sessions are refused whether they have been removed or not; this gives their room back.
    pub async fn purge_every(self, interval: Duration) {
        let mut interval = tokio::time::interval(interval);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            // A failure has been reported by the engine; the next tick tries again.
            let _ = self.purge().await;
        }
    }
}
