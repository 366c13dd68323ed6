//! Connections to one server.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, Pipeline, PushInfo, PushKind, RedisError,
    TlsCertificates, Value,
};
use tokio::sync::Mutex;

use crate::error::Trouble;

/// How often a connection that may be idle has a look at the clock: seldom enough to cost nothing.
const TICK_MAX: Duration = Duration::from_millis(250);
const TICK_MIN: Duration = Duration::from_millis(10);

/// How long we wait for servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
}

/// One server, and the connections to it.
///
/// All requests of one lane share a connection, each answered in its turn. Requests that wait for replicas have a lane of
/// their own: the server answers nothing else on that connection meanwhile.
pub(crate) struct Link {
    info: ConnectionInfo,
    trust: Option<TlsCertificates>,
    patience: Patience,
    quick: Lane,
    patient: Lane,
}

#[derive(Default)]
struct Lane {
    /// Emptied as soon as the connection is seen to be gone, so that no request is lost on a dead one.
    open: Arc<RwLock<Option<Open>>>,
    opening: Mutex<()>,
    failures: AtomicU64,
}

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    number: Arc<()>,
}

impl Link {
    pub(crate) fn new(info: ConnectionInfo, trust: Option<TlsCertificates>, patience: Patience) -> Self {
        Self { info, trust, patience, quick: Lane::default(), patient: Lane::default() }
    }

    /// Sends one command.
    pub(crate) async fn ask(&self, command: &Cmd) -> Result<Value, Trouble> {
        let mut open = match self.quick.current() {
            Some(open) => open,
            // Connecting takes kilobytes of state, which a request that has a connection does not carry about.
            None => Box::pin(self.open(&self.quick)).await?,
        };
        let answer = open.connection.send_packed_command(command).await;
        answer.map_err(|error| self.quick.broken(&open, error))
    }

    /// Sends commands one after the other, with nothing between them, and gives their answers.
    pub(crate) async fn send(
        &self,
        commands: &Pipeline,
        waits: Option<Duration>,
    ) -> Result<Vec<Value>, Trouble> {
        let lane = if waits.is_some() { &self.patient } else { &self.quick };
        let mut open = self.open(lane).await?;
        if let Some(longer) = waits {
            open.connection.set_response_timeout(self.patience.answer + longer);
        }
        let answer = open.connection.send_packed_commands(commands, 0, commands.len()).await;
        answer.map_err(|error| lane.broken(&open, error))
    }

    /// A connection of the caller's own: when it breaks, so do the caller's requests, and nothing is sent on another one.
    pub(crate) async fn alone(&self) -> Result<Alone, Trouble> {
        let connection = self.connect(|_| Ok(())).await.map_err(Trouble::Unreachable)?;
        Ok(Alone(connection))
    }

    /// A connection of the caller's own, which hands what the server pushes to `pushes`.
    pub(crate) async fn subscribe(
        &self,
        channel: &str,
        pushes: impl Fn(PushInfo) -> Result<(), RedisError> + Send + Sync + 'static,
    ) -> Result<MultiplexedConnection, RedisError> {
        let mut connection = self.connect(pushes).await?;
        connection.subscribe(channel).await?;
        Ok(connection)
    }

    async fn open(&self, lane: &Lane) -> Result<Open, Trouble> {
        if let Some(open) = lane.current() {
            return Ok(open);
        }
        let failures = lane.failures.load(Ordering::Acquire);
        let _turn = lane.opening.lock().await;
        if let Some(open) = lane.current() {
            return Ok(open);
        }
        if lane.failures.load(Ordering::Acquire) != failures {
            // Whoever waited shares the failure of the attempt; one after the other they would wait for ever longer.
            let failed = RedisError::from((redis::ErrorKind::Client, "connecting failed a moment ago"));
            return Err(Trouble::Unreachable(failed));
        }
        let number = Arc::new(());
        let (place, mine) = (Arc::downgrade(&lane.open), Arc::clone(&number));
        let connection = self.connect(move |push| {
            if let (PushKind::Disconnection, Some(place)) = (push.kind, place.upgrade()) {
                close(&place, &mine);
            }
            Ok::<_, RedisError>(())
        });
        let connection = connection.await.map_err(|error| {
            lane.failures.fetch_add(1, Ordering::Release);
            Trouble::Unreachable(error)
        });
        let open = Open { connection: connection?, number };
        tokio::spawn(keep_time(Arc::downgrade(&open.number), self.patience.answer));
        *lane.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open.clone());
        Ok(open)
    }

    async fn connect(
        &self,
        pushes: impl Fn(PushInfo) -> Result<(), RedisError> + Send + Sync + 'static,
    ) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience.connect))
            .set_response_timeout(Some(self.patience.answer))
            .set_push_sender(pushes);
        let client = match &self.trust {
            Some(trust) => Client::build_with_tls(self.info.clone(), trust.clone())?,
            None => Client::open(self.info.clone())?,
        };
        client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// A connection of the caller's own.
pub(crate) struct Alone(MultiplexedConnection);

impl Alone {
    pub(crate) async fn ask(&mut self, command: &Cmd) -> Result<Value, Trouble> {
        let answer = self.0.send_packed_command(command).await;
        match answer
            .map_err(|error| if error.is_timeout() { Trouble::Silent } else { Trouble::Broken(error) })?
        {
            Value::ServerError(error) => Err(Trouble::Refused(error.into())),
            answer => Ok(answer),
        }
    }
}

impl Lane {
    fn current(&self) -> Option<Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets a connection that failed. A server that is silent may be gone without a word; whoever comes next finds out
    /// by connecting.
    fn broken(&self, open: &Open, error: RedisError) -> Trouble {
        close(&self.open, &open.number);
        if error.is_timeout() { Trouble::Silent } else { Trouble::Broken(error) }
    }
}

/// Has a timer under way for as long as there is the connection.
///
/// A runtime that waits for no time is woken by a system call for each timer that begins, and every request has a limit or
/// two; beside a timer that ends sooner than they do they are entries in a table.
async fn keep_time(connection: Weak<()>, limit: Duration) {
    let period = (limit / 4).clamp(TICK_MIN, TICK_MAX);
    while connection.strong_count() > 0 {
        tokio::time::sleep(period).await;
    }
}

/// Forgets this connection, unless it is another one by now.
fn close(place: &RwLock<Option<Open>>, number: &Arc<()>) {
    let mut open = place.write().unwrap_or_else(PoisonError::into_inner);
    if open.as_ref().is_some_and(|open| Arc::ptr_eq(&open.number, number)) {
        *open = None;
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest of the information has the password.
        f.debug_struct("Link").field("address", &self.info.addr().to_string()).finish_non_exhaustive()
    }
}
