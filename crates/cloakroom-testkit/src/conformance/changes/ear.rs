//! An ear for what a store tells.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::store::{Change, ChangeSink, Changes};
use cloakroom_core::{SessionId, Subject};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::conformance::failure::{Failure, Promise};

/// How long something may take to be told that is told in milliseconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// A change that was told, as a value of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// This session was written or has ended.
    Session(SessionId),
    /// Any session of this subject may have ended.
    Subject(Subject),
    /// Any session may have been written or ended.
    Everyone,
    /// From now on changes are told.
    Connected,
    /// Changes may have been missed.
    Lost,
}

/// Hears what a store tells, until dropped.
pub struct Ear {
    told: UnboundedReceiver<Told>,
    watching: AbortHandle,
}

struct Mouth(UnboundedSender<Told>);

impl Ear {
    /// Begins to listen, which takes a moment: the store says [`Told::Connected`] when it does.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn on<S: Changes>(store: Arc<S>) -> Self {
        let (sender, told) = unbounded_channel();
        let watching = tokio::spawn(async move { store.watch(Arc::new(Mouth(sender))).await });
        Self { told, watching: watching.abort_handle() }
    }

    /// What is told next, however long that takes; `None` when the store has stopped, which it never should.
    pub async fn next(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// That this is told next.
    ///
    /// # Errors
    /// [`Failure::Broken`] when something else is, [`Failure::Stuck`] when nothing is.
    pub async fn hears(&mut self, right: Told) -> Result<(), Failure> {
        let next = timeout(PATIENCE, self.next()).await;
        let next = next.map_err(|_| Failure::Stuck { patience: PATIENCE })?;
        Promise("Changes are told in order, and so are losses.").gives("told next", next, Some(right))
    }

    /// That a store which has just been listened to says when it can tell nothing any more, and when it can again: about an
    /// outage of its server, or of the line to it, with this begin and this end.
    ///
    /// # Errors
    /// Those of [`Ear::hears`].
    pub async fn hears_of_an_outage(
        &mut self,
        begin: impl FnOnce(),
        end: impl FnOnce(),
    ) -> Result<(), Failure> {
        self.hears(Told::Connected).await?;
        begin();
        self.hears(Told::Lost).await?;
        end();
        self.hears(Told::Connected).await
    }
}

impl ChangeSink for Mouth {
    fn tell(&self, change: Change<'_>) {
        let told = match change {
            Change::Session(id) => Told::Session(id),
            Change::Subject(subject) => Told::Subject(subject.clone()),
            Change::Everyone => Told::Everyone,
            Change::Connected => Told::Connected,
            Change::Lost => Told::Lost,
        };
        // Nobody listens any more when the ear is gone.
        let _ = self.0.send(told);
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ear").field("unheard", &self.told.len()).finish_non_exhaustive()
    }
}
