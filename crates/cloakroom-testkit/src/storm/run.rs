//! A storm from its begin to its end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::store::{Store, SubjectIndex};
use tokio::task::JoinSet;

use super::check::{Broken, History, judge};
use super::client::{Client, Indexed, Node, Plain, Shared};
use super::event::{Event, Outcome};
use crate::entropy::Seeded;

/// How many callers ask how much, and from what seed.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    seed: u64,
    clients: usize,
    calls: usize,
    patience: Duration,
    forgets: bool,
}

/// What a storm has asked and what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Calls with an answer.
    pub answered: usize,
    /// Calls that failed, or had no answer in time.
    pub unknown: usize,
    /// Sessions that were begun.
    pub sessions: usize,
    /// Writes that won.
    pub writes: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, answered, unknown, sessions, writes } = self;
        write!(
            f,
            "storm of seed {seed}: {answered} calls answered and {unknown} not, {sessions} sessions, {writes} writes"
        )
    }
}

impl Storm {
    /// Eight callers of 200 calls each.
    pub const fn new(seed: u64) -> Self {
        Self { seed, clients: 8, calls: 200, patience: Duration::from_secs(5), forgets: false }
    }

    /// Another number of callers, and of calls by each.
    #[must_use]
    pub const fn of(self, clients: usize, calls: usize) -> Self {
        Self { clients, calls, ..self }
    }

    /// How long a caller waits before it gives a call up. Without it: five seconds.
    #[must_use]
    pub const fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same for a store that may drop a session at any time, as a cache does: only that is allowed to it besides.
    #[must_use]
    pub const fn of_a_store_that_may_forget(self) -> Self {
        Self { forgets: true, ..self }
    }

    /// Asks these nodes, each of them one opening of the same store.
    ///
    /// Must run on a tokio runtime with several threads and a timer, or the races are none.
    ///
    /// # Errors
    /// [`Broken`] says which promise was broken and shows the calls that tell.
    ///
    /// # Panics
    /// Without nodes, and where the store panics.
    pub async fn on<S: Store>(self, nodes: &[Arc<S>]) -> Result<Report, Broken> {
        self.run(nodes.iter().map(|node| Plain(Arc::clone(node))).collect()).await
    }

    /// The same, with questions to the index.
    ///
    /// # Errors
    /// # Panics
    /// As [`Storm::on`].
    pub async fn on_indexed<S: SubjectIndex>(self, nodes: &[Arc<S>]) -> Result<Report, Broken> {
        self.run(nodes.iter().map(|node| Indexed(Arc::clone(node))).collect()).await
    }

    async fn run<N: Node>(self, nodes: Arc<[N]>) -> Result<Report, Broken> {
        assert!(!nodes.is_empty(), "a storm needs somewhere to ask");
        let shared = Arc::new(Shared::new(self.seed, self.patience));
        let mut callers = JoinSet::new();
        for number in 0..self.clients {
            let dice = Seeded::new(self.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (nodes, shared) = (Arc::clone(&nodes), Arc::clone(&shared));
            let client = Client { number, nodes, shared, dice, events: Vec::new() };
            callers.spawn(client.run(self.calls));
        }
        let events: Vec<Event> = callers.join_all().await.into_iter().flatten().collect();
        let report = self.report(&events);
        judge(&History::new(events, self.forgets)).map_err(|broken| broken.of_seed(self.seed))?;
        Ok(report)
    }

    fn report(self, events: &[Event]) -> Report {
        let count =
            |is_so: &dyn Fn(&Outcome) -> bool| events.iter().filter(|event| is_so(&event.outcome)).count();
        let unknown = count(&Outcome::is_unknown);
        Report {
            seed: self.seed,
            answered: events.len() - unknown,
            unknown,
            sessions: count(&|outcome| {
                let inserted = Outcome::Inserted(cloakroom_core::store::Inserted::Done);
                *outcome == inserted || matches!(outcome, Outcome::SignedIn { .. })
            }),
            writes: count(&|outcome| {
                matches!(outcome, Outcome::Swapped(cloakroom_core::store::Swap::Done(_)))
            }),
        }
    }
}
