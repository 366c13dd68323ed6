//! How a store uses its server.

use std::num::NonZeroUsize;
use std::time::Duration;

/// How a store uses its server: how many connections, and how long it waits.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    pub(super) connections_max: NonZeroUsize,
    pub(super) connect_timeout: Duration,
    pub(super) operation_timeout: Duration,
    pub(super) accepts_lossy_commits: bool,
    pub(super) tells_nodes: bool,
}

impl ServerOptions {
    /// The most connections that this store has open, 8 at first.
    ///
    /// With ten instances that is 80 of the 100 that PostgreSQL has by default, and of the 151 that MySQL has. PostgreSQL
    /// keeps a quarter of them for look-ups, each for many at once, and uses the others for the rest; it needs two at least.
    #[must_use]
    pub const fn connections_max(mut self, connections_max: NonZeroUsize) -> Self {
        self.connections_max = connections_max;
        self
    }

    /// How long a new connection may take, 2 seconds at first.
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an operation may take, 5 seconds at first: the wait for a connection and a new connection included.
    ///
    /// The server is told as well, so that a statement that nobody waits for any more holds no locks.
    /// [`revoke_everyone`](cloakroom_core::store::SubjectIndex::revoke_everyone), which may have millions of rows to
    /// remove, may take ten minutes.
    #[must_use]
    pub const fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self
    }

    /// Tells other nodes nothing of what this one writes and ends, where the server has a channel for that, as PostgreSQL has.
    ///
    /// It saves the server a notification for each such write, and is right where no other node has a near cache. Where
    /// one has, what this node ends takes effect there when the bound of its copies is over, and no sooner.
    #[must_use]
    pub const fn without_news(mut self) -> Self {
        self.tells_nodes = false;
        self
    }

    /// Accepts a server that says that a commit is done before it is on its disk.
    ///
    /// # Security
    /// A crash of such a server brings back sessions that were ended in the last second or more. Without this, a store
    /// refuses to open on a MySQL or MariaDB whose `innodb_flush_log_at_trx_commit` is not 1, and on a PostgreSQL with
    /// `fsync` off. PostgreSQL's `synchronous_commit` needs no such care: it is turned on for the connections of the store.
    #[must_use]
    pub const fn insecure_with_lossy_commits(mut self) -> Self {
        self.accepts_lossy_commits = true;
        self
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        const EIGHT: NonZeroUsize = NonZeroUsize::new(8).expect("eight is not zero");
        Self {
            connections_max: EIGHT,
            connect_timeout: Duration::from_secs(2),
            operation_timeout: Duration::from_secs(5),
            accepts_lossy_commits: false,
            tells_nodes: true,
        }
    }
}
