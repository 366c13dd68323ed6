//! Whether an installation can do its work.

use std::future::Future;
use std::time::Duration;

use cloakroom::store::{Insert, Inserted, Row, RowBody, Store as _};
use cloakroom::{SessionId, Timestamp, minutes, seconds};
use tokio::time::timeout;

use crate::installation::{Installation, InstallationError};

/// How long each part may take to show that it works.
const WAIT: Duration = seconds(2);

/// When this release was made. A clock before it is wrong.
const RELEASED: Timestamp = Timestamp::from_millis(1_793_491_200_000);

/// How far our clock and that of the accounts' database may be apart: less than any timeout that makes sense, and more than machines are
/// apart whose clocks somebody looks after.
const APART_MAX: Duration = minutes(5);

/// How long a trace of a trial lives that could not be removed.
const TRIAL_LIVES: Duration = minutes(1);

/// What works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Readiness {
    /// The accounts can be read.
    pub(crate) accounts: bool,
    /// Our clock is not before this release, and the database agrees with it.
    pub(crate) clock: bool,
    /// Sessions can be written.
    pub(crate) store: bool,
}

impl Installation {
    /// Tries everything at once. Takes no longer than the longest part may.
    pub(crate) async fn readiness(&self) -> Readiness {
        let (store, clock) = tokio::join!(works(self.try_store()), timeout(WAIT, self.accounts.clock()));
        let now = self.now();
        let theirs = clock.ok().and_then(Result::ok);
        let agrees =
            theirs.is_none_or(|theirs| now.since(theirs) <= APART_MAX && theirs.since(now) <= APART_MAX);
        Readiness { accounts: theirs.is_some(), clock: now >= RELEASED && agrees, store }
    }

    /// Begins a session of nobody and ends it, which goes the way of a sign-in to the disk.
    async fn try_store(&self) -> Result<bool, InstallationError> {
        let (id, now) = (SessionId::from_octets(Self::random()?), self.now());
        let row = Row {
            subject: None,
            created_at: now,
            last_seen_at: now,
            expires_at: now.after(TRIAL_LIVES),
            address: None,
            body: RowBody::new(),
        };
        let inserted = self.store.insert(Insert { id, row: &row, replaces: None }).await;
        let written = matches!(inserted.map_err(cloakroom::Error::from)?, Inserted::Done);
        // By whomever it is removed, it is gone.
        let _gone = self.store.revoke(id).await.map_err(cloakroom::Error::from)?;
        Ok(written)
    }
}

async fn works(trial: impl Future<Output = Result<bool, InstallationError>>) -> bool {
    matches!(timeout(WAIT, trial).await, Ok(Ok(true)))
}
