//! Redis under Sentinel: a master, two replicas and three sentinels.

use crate::error::ServerError;
use crate::redis::{RedisServer, RedisSetup};
use crate::resp::Reply;
use crate::wait::until;

/// What the sentinels call the master.
const MASTER: &str = "sessions";

/// A master with two replicas under the eyes of three sentinels, gone when it is dropped.
#[derive(Debug)]
pub struct RedisSentinel {
    /// The first began as the master.
    servers: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

impl RedisSentinel {
    /// Starts all of them, and waits until the sentinels know each other and the replicas.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start() -> Result<Self, ServerError> {
        let master = RedisServer::start(&setup())?;
        let port = master.port().to_string();
        let mut servers = vec![master];
        for _ in 0..2 {
            servers.push(RedisServer::start(&setup().with(&["--replicaof", "127.0.0.1", &port]))?);
        }
        let file = format!(
            "sentinel monitor {MASTER} 127.0.0.1 {port} 2\n\
             sentinel down-after-milliseconds {MASTER} 500\n\
             sentinel failover-timeout {MASTER} 3000\n\
             sentinel parallel-syncs {MASTER} 2\n"
        );
        let sentinel = || RedisServer::start(&RedisSetup::new().sentinel(file.clone()));
        let sentinels = (0..3).map(|_| sentinel()).collect::<Result<Vec<_>, _>>()?;
        let all = Self { servers, sentinels };
        until("the sentinels know each other and the replicas", || {
            all.sentinels.iter().all(|sentinel| {
                let known = |what: &str| number_of(sentinel, what);
                (known("num-other-sentinels"), known("num-slaves")) == (Some(2), Some(2))
            })
        })?;
        until("the replicas have caught up", || all.servers[1..].iter().all(is_in_sync))?;
        Ok(all)
    }

    /// The URL, by the sentinels.
    pub fn url(&self) -> String {
        let sentinels: Vec<_> =
            self.sentinels.iter().map(|sentinel| format!("127.0.0.1:{}", sentinel.port())).collect();
        format!("redis+sentinel://{}/{MASTER}", sentinels.join(","))
    }

    /// The servers with keys; the first began as the master.
    pub fn servers(&self) -> &[RedisServer] {
        &self.servers
    }

    /// One of the servers, to be killed.
    pub fn server(&mut self, place: usize) -> &mut RedisServer {
        &mut self.servers[place]
    }

    /// The place of the server that the sentinels call master.
    pub fn master(&self) -> Option<usize> {
        let words = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER];
        let Reply::List(address) = self.sentinels[0].command(&words).ok()? else { return None };
        let port = address.get(1)?.text()?.parse().ok()?;
        self.servers.iter().position(|server| server.port() == port)
    }

    /// Waits until another server than this one is master, and says so itself.
    ///
    /// # Errors
    /// [`ServerError::Disagreement`].
    pub fn failed_over_from(&self, place: usize) -> Result<(), ServerError> {
        until("another server is master", || {
            self.master().is_some_and(|master| {
                let role = self.servers[master].command(&["INFO", "replication"]);
                master != place && role.is_ok_and(|info| info.info("role").map(str::trim) == Some("master"))
            })
        })
    }

    /// Lets a server that is back follow the master, as the sentinels would have it do some seconds later, and waits until it
    /// has caught up.
    ///
    /// # Errors
    /// [`ServerError::Disagreement`].
    pub fn rejoin(&self, place: usize) -> Result<(), ServerError> {
        until("a server that is back follows the master", || {
            let Some(master) = self.master().filter(|master| *master != place) else { return false };
            let port = self.servers[master].port().to_string();
            let _ = self.servers[place].command(&["REPLICAOF", "127.0.0.1", &port]);
            is_in_sync(&self.servers[place])
        })
    }
}

fn setup() -> RedisSetup {
    RedisSetup::new().with(&["--repl-diskless-sync-delay", "0"])
}

fn is_in_sync(replica: &RedisServer) -> bool {
    let info = replica.command(&["INFO", "replication"]);
    info.is_ok_and(|info| info.info("master_link_status").map(str::trim) == Some("up"))
}

fn number_of(sentinel: &RedisServer, what: &str) -> Option<u32> {
    let Reply::List(facts) = sentinel.command(&["SENTINEL", "MASTER", MASTER]).ok()? else { return None };
    let place = facts.iter().position(|fact| fact.text() == Some(what))?;
    facts.get(place + 1)?.text()?.parse().ok()
}
