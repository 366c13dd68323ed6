//! An instance writes down what it has counted.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Clock, Timestamp};
use cloakroom_stores::IndexedStore;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use crate::accounts::{Accounts, AccountsError};
use crate::metrics::{Metrics, Totals};
use crate::samples::span::Span;
use crate::samples::table;
use crate::samples::tally::Tally;

/// Within this time after a minute's end all instances write it down, one after another rather than at once.
pub(super) const SPREAD: Duration = Duration::from_secs(20);

/// Counting sessions takes this part of the time at most.
const SHARE_OF_COUNTING: u32 = 100;

/// So many minutes lie between two removals of what is old.
const FORGET_EVERY: u32 = 15;

/// How long a process that ends waits for the database.
const FAREWELL: Duration = Duration::from_secs(2);

/// What this instance has counted. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    instance: Arc<str>,
    metrics: Metrics,
    tally: Arc<Mutex<Tally>>,
}

/// When sessions are counted again, and what the last count was.
#[derive(Debug)]
struct Counting {
    next: Instant,
    last: Option<u64>,
}

impl Samples {
    /// The samples of an instance that has written nothing down.
    pub(crate) fn of(instance: &str, metrics: Metrics) -> Self {
        Self { instance: instance.into(), metrics, tally: Arc::default() }
    }

    /// Writes down each minute once it is over, for as long as the process runs.
    pub(crate) async fn keep(self, accounts: Accounts, store: IndexedStore, clock: impl Clock) {
        let mut counting = Counting { next: Instant::now(), last: None };
        for minute in 1_u32.. {
            sleep(until_next_minute(clock.now())).await;
            let over = clock.now().before(Span::Hour.slot() / 2);
            let totals = self.metrics.totals();
            sleep(self.turn()).await;
            let sessions = self.count(&accounts, &store, over, &mut counting).await;
            let result = match self.write(&accounts, &totals, over, sessions).await {
                Ok(()) if minute % FORGET_EVERY == 1 => table::forget(&accounts, clock.now()).await,
                result => result,
            };
            if let Err(error) = result {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "what was counted for the overview could not be written down; it waits"
                );
            }
        }
    }

    /// Writes down what was counted since the last time: in a command before it returns.
    ///
    /// # Errors
    /// When the database does not take it.
    pub(crate) async fn settle(&self, accounts: &Accounts, now: Timestamp) -> Result<(), AccountsError> {
        self.write(accounts, &self.metrics.totals(), now, None).await
    }

    /// The process ends: writes down what is left, if the database takes it soon.
    pub(crate) async fn end(&self, accounts: &Accounts, now: Timestamp) {
        if !matches!(timeout(FAREWELL, self.settle(accounts, now)).await, Ok(Ok(()))) {
            tracing::warn!("what was counted in the last minute could not be written down");
        }
    }

    async fn write(
        &self,
        accounts: &Accounts,
        totals: &Totals,
        at: Timestamp,
        sessions: Option<u64>,
    ) -> Result<(), AccountsError> {
        let mut tally = self.tally.lock().await;
        tally.take(totals, at, sessions);
        for (key, sample) in tally.unwritten() {
            table::write(accounts, key, &self.instance, &sample).await?;
            tally.settle(key);
        }
        tally.forget(at);
        Ok(())
    }

    /// How many sessions there are; nothing when another instance has counted them for this minute, or nobody can.
    async fn count(
        &self,
        accounts: &Accounts,
        store: &IndexedStore,
        minute: Timestamp,
        counting: &mut Counting,
    ) -> Option<u64> {
        let slot = Span::Hour.slot_of(minute);
        let written = table::read(accounts, Span::Hour, slot, slot).await.ok()?;
        if written.iter().any(|(_, sample)| sample.sessions.is_some()) {
            return None;
        }
        let began = Instant::now();
        if counting.next <= began {
            counting.last = store.rows().await.ok();
            counting.next = began + began.elapsed() * SHARE_OF_COUNTING;
        }
        counting.last
    }

    /// When within [`SPREAD`] it is this instance's turn.
    fn turn(&self) -> Duration {
        let octets =
            self.instance.bytes().fold(0_u32, |sum, octet| sum.wrapping_mul(31).wrapping_add(octet.into()));
        SPREAD * (octets % 1000) / 1000
    }
}

fn until_next_minute(now: Timestamp) -> Duration {
    Duration::from_millis(60_000 - now.as_millis() % 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_written_down_after_its_end_and_within_the_spread() {
        assert_eq!(until_next_minute(Timestamp::from_millis(120_000)), Duration::from_mins(1));
        assert_eq!(until_next_minute(Timestamp::from_millis(179_999)), Duration::from_millis(1));
        let turns: Vec<Duration> = ["0123456789abcdef", "fedcba9876543210", "0000000000000000"]
            .map(|instance| Samples::of(instance, Metrics::new(Timestamp::EPOCH)).turn())
            .into();
        assert!(turns.iter().all(|turn| *turn < SPREAD) && turns[0] != turns[1], "{turns:?}");
    }
}
