//! Connections with one user at a time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::driver::{Connection, Driver};
use super::options::ServerOptions;
use super::trouble::{Silence, Trouble, TroubleKind};
use super::turns::Turns;
use super::work::{Work, carry_out};

/// Connections with one user at a time; every clone is the same pool.
///
/// An operation runs in a task of its own and to its end, also when its caller has given up: so no connection is ever left in
/// the middle of something, and callers who go away cost no new connections.
pub(super) struct Pool<D: Driver> {
    shared: Arc<Shared<D>>,
}

struct Shared<D: Driver> {
    driver: D,
    options: ServerOptions,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Idle<D::Connection>>>,
    turns: Turns,
}

struct Idle<C> {
    connection: C,
    since: Instant,
}

/// A connection in use, and the place that it takes.
struct Lease<D: Driver> {
    connection: D::Connection,
    /// Whether it comes from an earlier operation, and may have broken since.
    was_idle: bool,
    _place: OwnedSemaphorePermit,
}

impl<D: Driver> Pool<D> {
    /// A pool of up to `connections_max`, of which none is open yet.
    pub(super) fn new(driver: D, connections_max: usize, options: ServerOptions) -> Self {
        let places = Arc::new(Semaphore::new(connections_max));
        Self {
            shared: Arc::new(Shared {
                driver,
                options,
                places,
                idle: Mutex::default(),
                turns: Turns::default(),
            }),
        }
    }

    /// Does the work on a connection of the pool, within the time that an operation may take.
    pub(super) async fn run<W: Work<D::Connection>>(&self, work: W) -> Result<W::Output, Trouble> {
        self.run_in_time(work, Retry::Never).await
    }

    /// [`Pool::run`] for work that changes nothing: again, once, when the connection had broken since its last use.
    pub(super) async fn read<W: Work<D::Connection>>(&self, work: W) -> Result<W::Output, Trouble> {
        self.run_in_time(work, Retry::OnceWhenBroken).await
    }

    async fn run_in_time<W: Work<D::Connection>>(&self, work: W, retry: Retry) -> Result<W::Output, Trouble> {
        let shared = Arc::clone(&self.shared);
        let limit = shared.options.operation_timeout;
        let run = async move {
            let turn = shared.turns.take(work.turn()).await;
            let places = Arc::clone(&shared.places);
            let place = places.acquire_owned().await.expect("the semaphore is never closed");
            let task = tokio::spawn(async move {
                let done = timeout(limit, shared.run_at(place, &work, retry));
                let outcome = done.await.unwrap_or_else(|_| Err(Trouble::timed_out()));
                drop(turn);
                outcome
            });
            task.await.unwrap_or_else(|_| Err(Trouble::new(TroubleKind::Broken, Silence::Panicked)))
        };
        timeout(limit, run).await.unwrap_or_else(|_| Err(Trouble::timed_out()))
    }

    /// Does the work on a connection of its own, which the server lets work for up to `limit`.
    pub(super) async fn run_alone<W: Work<D::Connection>>(
        &self,
        limit: Duration,
        work: W,
    ) -> Result<W::Output, Trouble> {
        let shared = Arc::clone(&self.shared);
        let run = async move {
            let turn = shared.turns.take(work.turn()).await;
            let task = tokio::spawn(timeout(limit, async move {
                let _turn = turn;
                let mut connection = shared.connect(limit).await?;
                carry_out(&mut connection, &work).await
            }));
            task.await.unwrap_or_else(|_| Ok(Err(Trouble::new(TroubleKind::Broken, Silence::Panicked))))
        };
        match timeout(limit, run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(Trouble::timed_out()),
        }
    }

    /// A new connection outside of the pool.
    pub(super) async fn connect(&self, limit: Duration) -> Result<D::Connection, Trouble> {
        self.shared.connect(limit).await
    }

    /// What makes the connections.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL tells something"))]
    pub(super) fn driver(&self) -> &D {
        &self.shared.driver
    }

    /// How the store uses its server.
    pub(super) fn options(&self) -> &ServerOptions {
        &self.shared.options
    }
}

/// Whether work is done again after a connection turned out to be broken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Retry {
    Never,
    OnceWhenBroken,
}

impl<D: Driver> Shared<D> {
    async fn run_at<W: Work<D::Connection>>(
        &self,
        place: OwnedSemaphorePermit,
        work: &W,
        retry: Retry,
    ) -> Result<W::Output, Trouble> {
        let mut lease = self.lease(place).await?;
        let mut outcome = carry_out(&mut lease.connection, work).await;
        if is_broken(&outcome) {
            // What broke one, such as a restart, broke all that are idle.
            self.idle().clear();
            if lease.was_idle && retry == Retry::OnceWhenBroken {
                lease.connection = self.connect(self.options.operation_timeout).await?;
                outcome = carry_out(&mut lease.connection, work).await;
            }
        }
        if !is_broken(&outcome) {
            self.idle().push(Idle { connection: lease.connection, since: Instant::now() });
        }
        outcome
    }

    /// The connection that was used last, so that those that are not needed grow old.
    async fn lease(&self, place: OwnedSemaphorePermit) -> Result<Lease<D>, Trouble> {
        let found = {
            let mut idle = self.idle();
            idle.retain(|idle| !idle.connection.is_broken() && idle.since.elapsed() < D::IDLE_MAX);
            idle.pop()
        };
        let was_idle = found.is_some();
        let connection = match found {
            Some(idle) => idle.connection,
            None => self.connect(self.options.operation_timeout).await?,
        };
        Ok(Lease { connection, was_idle, _place: place })
    }

    async fn connect(&self, limit: Duration) -> Result<D::Connection, Trouble> {
        let connecting = timeout(self.options.connect_timeout, self.driver.connect(limit));
        connecting.await.unwrap_or_else(|_| Err(Trouble::timed_out()))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<D::Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_broken<T>(outcome: &Result<T, Trouble>) -> bool {
    outcome.as_ref().is_err_and(|trouble| trouble.kind == TroubleKind::Broken)
}

impl<D: Driver> Clone for Pool<D> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<D: Driver> fmt::Debug for Pool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("driver", &self.shared.driver).finish_non_exhaustive()
    }
}
