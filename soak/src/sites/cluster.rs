//! A cluster of three masters with a replica each, whose nodes all say that they are where a bad line is.

use std::sync::Arc;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisCluster, ServerError};
use cloakroom_testkit::entropy::Seeded;
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::redis::{IMPATIENT, open};
use super::sentinel::{DEAF, deafen};
use crate::fault::Fault;
use crate::line;
use crate::site::Site;
use crate::trouble::Trouble;

/// The replica of a master has a write before it returns.
const CAREFUL: &str = "wait_replicas=1&wait_ms=400";

/// Hash slots of a cluster.
const SLOTS: u64 = 16_384;

pub(crate) struct ClusterSite {
    cluster: RedisCluster,
    lines: Vec<FaultProxy>,
}

impl ClusterSite {
    fn fail_over(&mut self, master: usize, slot: u16) -> Result<(), ServerError> {
        self.cluster.node(master).kill();
        self.cluster.failed_over_from(master, slot)?;
        self.cluster.node(master).start_again()?;
        self.cluster.rejoin(master)
    }

    fn sleep_through_failover(&mut self, master: usize, slot: u16) -> Result<(), ServerError> {
        self.cluster.nodes()[master].pause();
        let failed_over = self.cluster.failed_over_from(master, slot);
        self.cluster.nodes()[master].resume();
        failed_over?;
        self.cluster.rejoin(master)
    }
}

impl Site for ClusterSite {
    type Store = RedisStore;

    async fn start(seed: u64) -> Result<Self, Trouble> {
        let mut cluster = block_in_place(RedisCluster::start)?;
        let mut lines = Vec::new();
        for (node, number) in cluster.nodes().iter().zip(0..) {
            lines.push(line::to(node.port(), seed.wrapping_add(number)).await?);
        }
        let announced = lines.iter().map(|line| line.address().port()).collect();
        block_in_place(|| cluster.announce(announced))?;
        Ok(Self { cluster, lines })
    }

    fn faults(seed: u64) -> Vec<Fault> {
        let change =
            [Fault::Failover, Fault::Sleep, Fault::Deaf][usize::try_from(seed % 3).unwrap_or_default()];
        vec![Fault::Cut, change]
    }

    fn lines(&self) -> &[FaultProxy] {
        &self.lines
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<RedisStore>>, Trouble> {
        let parameters = format!("{IMPATIENT}&{CAREFUL}");
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Arc::new(open(&self.cluster.url(), &parameters, round).await?));
        }
        Ok(nodes)
    }

    async fn suffer(&mut self, fault: Fault, seed: u64) -> Result<(), Trouble> {
        let slot = u16::try_from(Seeded::new(seed).below(SLOTS)).unwrap_or_default();
        let master = block_in_place(|| self.cluster.master_of(slot));
        let Some(master) = master else {
            return Err(ServerError::Disagreement { what: format!("slot {slot} has a master") }.into());
        };
        match fault {
            Fault::Failover => block_in_place(|| self.fail_over(master, slot))?,
            Fault::Sleep => block_in_place(|| self.sleep_through_failover(master, slot))?,
            Fault::Deaf => {
                // The master and its replica stand three places from each other, whichever of them is which.
                let replica = (master + 3) % 6;
                let nodes = self.cluster.nodes();
                block_in_place(|| deafen(&nodes[master], [&nodes[replica]].into_iter()))?;
                sleep(DEAF).await;
                block_in_place(|| {
                    self.cluster.node(master).kill();
                    self.cluster.nodes()[replica].resume();
                    self.fail_over(master, slot)
                })?;
            }
            _ => line::cut(&self.lines),
        }
        Ok(())
    }

    fn judged(storm: Storm, _: &[Fault]) -> Storm {
        storm.of_a_store_that_fails_over().of_a_store_that_takes_steps()
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<RedisStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}
