//! Reads: each connection for many at once.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{sleep, timeout};
use tokio_postgres::Row;

use super::connection::PostgresConnection;
use super::driver::Postgres;
use crate::server::driver::Reader;
use crate::server::pool::Pool;
use crate::server::trouble::{Trouble, TroubleKind};
use crate::server::value::Value;

/// How often a connection that may be idle has a look at the clock: seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(250);

/// Connections on which every read follows the one before without waiting for its answer.
///
/// A read that is dropped harms no other. Writes are kept away: one that waits for a lock would hold up everything behind it.
pub(in crate::server) struct Pipelines {
    /// Makes the connections.
    pool: Pool<Postgres>,
    lanes: Vec<Lane>,
}

#[derive(Default)]
struct Lane {
    current: Mutex<Option<Arc<PostgresConnection>>>,
    /// Held by whoever opens the next connection; the others wait for it.
    opening: AsyncMutex<()>,
}

impl Pipelines {
    /// So many connections, of which none is open yet.
    pub(in crate::server) fn new(pool: Pool<Postgres>, connections: usize) -> Self {
        Self { pool, lanes: (0..connections).map(|_| Lane::default()).collect() }
    }

    async fn read_in_time(&self, statement: &'static str, values: &[Value]) -> Result<Vec<Row>, Trouble> {
        let lane = self.lane();
        if let Some(connection) = lane.current() {
            match connection.ask_shared(statement, values).await {
                Err(trouble) if trouble.kind == TroubleKind::Broken => lane.forget(&connection),
                outcome => return outcome.map(|answer| answer.rows),
            }
        }
        // Connecting takes kilobytes of state, which a read that has a connection does not carry about.
        let connection = Box::pin(self.open(lane)).await?;
        Ok(connection.ask_shared(statement, values).await?.rows)
    }

    /// The lane on which the fewest wait.
    fn lane(&self) -> &Lane {
        self.lanes.iter().min_by_key(|lane| lane.waiting()).expect("there is at least one")
    }

    async fn open(&self, lane: &Lane) -> Result<Arc<PostgresConnection>, Trouble> {
        let _opening = lane.opening.lock().await;
        if let Some(connection) = lane.current() {
            return Ok(connection);
        }
        let connection = Arc::new(self.pool.connect(self.pool.options().operation_timeout).await?);
        *lane.lock() = Some(Arc::clone(&connection));
        tokio::spawn(keep_time(Arc::downgrade(&connection)));
        Ok(connection)
    }
}

impl Lane {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<PostgresConnection>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, if it is there and of use.
    fn current(&self) -> Option<Arc<PostgresConnection>> {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|connection| connection.is_closed()) {
            *current = None;
        }
        current.clone()
    }

    /// How many use the connection at this moment.
    fn waiting(&self) -> usize {
        self.lock().as_ref().map_or(0, |connection| Arc::strong_count(connection) - 1)
    }

    /// Takes the connection out of use, unless another has taken its place.
    fn forget(&self, connection: &Arc<PostgresConnection>) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|there| Arc::ptr_eq(there, connection)) {
            *current = None;
        }
    }

    /// Takes out of use whatever is in it: it is silent.
    fn clear(&self) {
        *self.lock() = None;
    }
}

/// Has a timer under way for as long as there is the connection.
///
/// A runtime that waits for no time is woken by a system call for each timer that begins, and every read has a limit; beside a
/// timer that ends sooner than that it is an entry in a table.
async fn keep_time(connection: Weak<PostgresConnection>) {
    while connection.strong_count() > 0 {
        sleep(TICK).await;
    }
}

impl Reader<Row> for Pipelines {
    async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Trouble> {
        let limit = self.pool.options().operation_timeout;
        let Ok(outcome) = timeout(limit, self.read_in_time(statement, &values)).await else {
            self.lanes.iter().for_each(Lane::clear);
            return Err(Trouble::timed_out());
        };
        outcome
    }
}

impl fmt::Debug for Pipelines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipelines").field("lanes", &self.lanes.len()).finish_non_exhaustive()
    }
}
