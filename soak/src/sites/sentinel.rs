//! A master and two replicas under Sentinel.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisSentinel, RedisServer, ServerError};
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::redis::{IMPATIENT, open};
use crate::fault::Fault;
use crate::site::Site;
use crate::trouble::Trouble;

/// Both replicas have a write before it returns, so that whichever of them takes over has it.
const CAREFUL: &str = "&wait_replicas=2&wait_ms=400";

/// How long replicas hear nothing.
pub(super) const DEAF: Duration = Duration::from_millis(400);

/// Its writes wait for the replicas, or do not.
pub(crate) struct SentinelSite<const WAITS: bool> {
    servers: RedisSentinel,
}

impl<const WAITS: bool> SentinelSite<WAITS> {
    fn master(&self) -> Result<usize, ServerError> {
        self.servers
            .master()
            .ok_or_else(|| ServerError::Disagreement { what: "there is a master".to_owned() })
    }

    /// Kills the master, lets another take over, and takes the old one back as its replica.
    fn fail_over(&mut self, master: usize) -> Result<(), ServerError> {
        self.servers.server(master).kill();
        self.servers.failed_over_from(master)?;
        self.servers.server(master).start_again()?;
        self.servers.rejoin(master)
    }
}

impl<const WAITS: bool> Site for SentinelSite<WAITS> {
    type Store = RedisStore;

    async fn start(_: u64) -> Result<Self, Trouble> {
        Ok(Self { servers: block_in_place(RedisSentinel::start)? })
    }

    /// One failover a round: the sentinels take six seconds from one to the next.
    fn faults(seed: u64) -> Vec<Fault> {
        let change =
            [Fault::Failover, Fault::Sleep, Fault::Deaf][usize::try_from(seed % 3).unwrap_or_default()];
        vec![Fault::Cut, change]
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<RedisStore>>, Trouble> {
        let parameters = format!("{IMPATIENT}{}", if WAITS { CAREFUL } else { "" });
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Arc::new(open(&self.servers.url(), &parameters, round).await?));
        }
        Ok(nodes)
    }

    async fn suffer(&mut self, fault: Fault, _: u64) -> Result<(), Trouble> {
        let master = block_in_place(|| self.master())?;
        match fault {
            Fault::Sleep => block_in_place(|| {
                self.servers.servers()[master].pause();
                let failed_over = self.servers.failed_over_from(master);
                self.servers.servers()[master].resume();
                failed_over?;
                self.servers.rejoin(master)
            })?,
            Fault::Deaf => {
                let deaf = || (0..3).filter(|place| *place != master);
                block_in_place(|| {
                    deafen(
                        &self.servers.servers()[master],
                        deaf().map(|place| &self.servers.servers()[place]),
                    )
                })?;
                sleep(DEAF).await;
                block_in_place(|| {
                    self.servers.server(master).kill();
                    deaf().for_each(|place| self.servers.servers()[place].resume());
                    self.fail_over(master)
                })?;
            }
            Fault::Failover => block_in_place(|| self.fail_over(master))?,
            _ => block_in_place(|| hang_up_on(&self.servers.servers()[master], "normal"))?,
        }
        Ok(())
    }

    fn judged(storm: Storm, _: &[Fault]) -> Storm {
        storm.of_a_store_that_fails_over()
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<RedisStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}

/// Stops the replicas, and takes their connections away, so that nothing on its way reaches them when they go on.
pub(super) fn deafen<'a>(
    master: &RedisServer,
    replicas: impl Iterator<Item = &'a RedisServer>,
) -> Result<(), Trouble> {
    replicas.for_each(RedisServer::pause);
    hang_up_on(master, "replica")
}

/// Cuts all connections of a kind that a server has.
pub(super) fn hang_up_on(server: &RedisServer, kind: &str) -> Result<(), Trouble> {
    server.command(&["CLIENT", "KILL", "TYPE", kind]).map(drop).map_err(Trouble::System)
}
