//! A check, and how it is run.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use cloakroom_core::store::Store;
use tokio::runtime::Builder;

use super::failure::{Failure, Outcome};
use super::fixture::Fixture;
use super::harness::Harness;

/// How long a check may take. Sound stores take milliseconds; one that is stuck is to fail, not to hang.
const PATIENCE: Duration = Duration::from_mins(2);

/// A promise of the contract as something that can be tried on a store.
pub struct Check<S> {
    name: &'static str,
    body: fn(Harness<S>) -> Running,
    patience: Duration,
}

pub(crate) type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

impl<S: Store> Check<S> {
    pub(crate) const fn new(name: &'static str, body: fn(Harness<S>) -> Running) -> Self {
        Self { name, body, patience: PATIENCE }
    }

    /// With less patience than the two minutes that a check has without it, for stores that are known to be stuck.
    #[must_use]
    pub const fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The promise as a name, such as `a_touch_never_creates`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Tries it. Must run on a tokio runtime with several threads and a timer, or the races are none.
    ///
    /// # Errors
    /// [`Failure`] says which promise the store broke and how.
    ///
    /// # Panics
    /// Where the store panics.
    pub async fn run(&self, fixture: Fixture<S>) -> Result<(), Failure> {
        let body = (self.body)(Harness::from(fixture));
        let Self { patience, .. } = *self;
        tokio::time::timeout(patience, body).await.unwrap_or(Err(Failure::Stuck { patience }))
    }
}

impl<S> Clone for Check<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Check<S> {}

impl<S> fmt::Debug for Check<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One test of [`conformance_tests!`](crate::conformance_tests): the named check on a store of its own.
///
/// # Panics
/// When the check fails, with its failure as the message.
#[doc(hidden)]
pub fn run_as_test<S, F, Made>(checks: &[Check<S>], name: &str, make: F)
where
    S: Store,
    F: FnOnce() -> Made,
    Made: Future<Output = Fixture<S>>,
{
    let check =
        checks.iter().find(|check| check.name == name).expect("tests are made from the list of checks");
    let runtime = Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a test machine has threads to spare");
    let outcome = runtime.block_on(async { check.run(make().await).await });
    // A store that is stuck in a blocking call must not hold up the verdict.
    runtime.shutdown_background();
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
