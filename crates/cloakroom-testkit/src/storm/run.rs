//! A storm from its begin to its end.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::SessionId;
use cloakroom_core::store::{Store, SubjectIndex};
use tokio::task::JoinSet;

use super::check::{Broken, History, Leave, judge};
use super::client::{Client, Indexed, Node, Plain, Shared};
use super::event::{Call, Event};
use super::report::Report;
use crate::entropy::Seeded;

/// How many callers ask how much, and from what seed.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    seed: u64,
    clients: usize,
    calls: usize,
    patience: Duration,
    leave: Leave,
}

impl Storm {
    /// Eight callers of 200 calls each.
    pub const fn new(seed: u64) -> Self {
        let leave = Leave {
            forgets: false,
            fails_over: false,
            loses_touches: false,
            takes_steps: false,
            staleness: Duration::ZERO,
        };
        Self { seed, clients: 8, calls: 200, patience: Duration::from_secs(5), leave }
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
    pub const fn of_a_store_that_may_forget(mut self) -> Self {
        self.leave.forgets = true;
        self
    }

    /// The same for a store whose servers take over from each other, and whose writes wait until the others have them, but for
    /// a touch and the begin of a visitor's session.
    ///
    /// A failover may then undo these two, and any write that its caller has not been told to be done, also after somebody has
    /// seen it. What a caller was told of a sign-in, a write of a session or a revocation stands. All other promises are held
    /// against the store as ever.
    #[must_use]
    pub const fn of_a_store_that_fails_over(mut self) -> Self {
        self.leave.fails_over = true;
        self.leave.loses_touches = true;
        self
    }

    /// The same for a store whose servers die, and whose touches do not wait for the disk.
    #[must_use]
    pub const fn of_a_store_that_may_lose_touches(mut self) -> Self {
        self.leave.loses_touches = true;
        self
    }

    /// The same for a store that signs in by steps where the session to replace is in another place than the new one.
    ///
    /// A sign-in that is refused in its last step may be seen until then, and what its cap has ended stays ended.
    #[must_use]
    pub const fn of_a_store_that_takes_steps(mut self) -> Self {
        self.leave.takes_steps = true;
        self
    }

    /// The same for a store whose loads may be answered with what was true so long ago.
    #[must_use]
    pub const fn of_a_store_behind_by(mut self, staleness: Duration) -> Self {
        self.leave.staleness = staleness;
        self
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
        self.on_amid(nodes, calm()).await
    }

    /// The same, with questions to the index.
    ///
    /// # Errors
    /// # Panics
    /// As [`Storm::on`].
    pub async fn on_indexed<S: SubjectIndex>(self, nodes: &[Arc<S>]) -> Result<Report, Broken> {
        self.on_indexed_amid(nodes, calm()).await
    }

    /// [`Storm::on`], amid trouble of the caller's making: the storm lasts until that is over, too.
    ///
    /// A caller that gets no answer meanwhile waits a little before it asks again. In the end somebody asks after every session
    /// that there ever was, so that what came back while nobody looked is found.
    ///
    /// # Errors
    /// # Panics
    /// As [`Storm::on`].
    pub async fn on_amid<S: Store>(
        self,
        nodes: &[Arc<S>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        self.run(nodes.iter().map(|node| Plain(Arc::clone(node))).collect(), trouble).await
    }

    /// The same, with questions to the index.
    ///
    /// # Errors
    /// # Panics
    /// As [`Storm::on`].
    pub async fn on_indexed_amid<S: SubjectIndex>(
        self,
        nodes: &[Arc<S>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        self.run(nodes.iter().map(|node| Indexed(Arc::clone(node))).collect(), trouble).await
    }

    async fn run<N: Node>(
        self,
        nodes: Arc<[N]>,
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        assert!(!nodes.is_empty(), "a storm needs somewhere to ask");
        let shared = Arc::new(Shared::new(self.seed, self.patience));
        let client = |number: usize| {
            let dice = Seeded::new(self.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (nodes, shared) = (Arc::clone(&nodes), Arc::clone(&shared));
            Client { number, nodes, shared, dice, events: Vec::new() }
        };
        let mut callers = JoinSet::new();
        for number in 0..self.clients {
            callers.spawn(client(number).run(self.calls));
        }
        trouble.await;
        shared.calm();
        let mut events: Vec<Event> = callers.join_all().await.into_iter().flatten().collect();
        let roll = client(self.clients).call_the_roll(begun(&events)).await;
        events.extend(roll.map_err(|never| Broken::by_silence(&never).of_seed(self.seed))?);
        let report = Report::of(self.seed, &events);
        judge(&History::new(events, self.leave)).map_err(|broken| broken.of_seed(self.seed))?;
        Ok(report)
    }
}

/// Every session that anybody tried to begin.
fn begun(events: &[Event]) -> Vec<SessionId> {
    let new = events.iter().filter_map(|event| match &event.call {
        Call::Insert(new) | Call::SignIn(new, _) => Some(new.id),
        _ => None,
    });
    new.collect()
}

fn calm() -> Ready<()> {
    ready(())
}
