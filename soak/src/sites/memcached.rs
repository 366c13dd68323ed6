//! Three Memcached servers, a bad line to each.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_memcached::{MemcachedOptions, MemcachedStore};
use cloakroom_test_servers::{MemcachedServer, ServerError};
use cloakroom_testkit::entropy::Seeded;
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::line;
use crate::site::Site;
use crate::trouble::Trouble;

/// Longer than nodes wait.
const PAUSE: Duration = Duration::from_millis(1_200);

pub(crate) struct MemcachedSite {
    servers: Vec<MemcachedServer>,
    lines: Vec<FaultProxy>,
}

impl Site for MemcachedSite {
    type Store = MemcachedStore;

    async fn start(seed: u64) -> Result<Self, Trouble> {
        let start = || (0..3).map(|_| MemcachedServer::start(&[])).collect::<Result<Vec<_>, ServerError>>();
        let servers = block_in_place(start)?;
        let mut lines = Vec::new();
        for (server, number) in servers.iter().zip(0..) {
            lines.push(line::to(server.port(), seed.wrapping_add(number)).await?);
        }
        Ok(Self { servers, lines })
    }

    /// A server that dies forgets, and a store that may forget is asked less: so none dies in every other round.
    fn faults(seed: u64) -> Vec<Fault> {
        let mut faults = vec![Fault::Cut, Fault::Pause];
        if seed.is_multiple_of(2) {
            faults.push(Fault::Kill);
        }
        faults
    }

    fn lines(&self) -> &[FaultProxy] {
        &self.lines
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<MemcachedStore>>, Trouble> {
        let addresses: Vec<_> = self.lines.iter().map(|line| line.address().to_string()).collect();
        let url =
            format!("memcached://{}?answer_ms=500&connect_ms=400&prefix=r{round}.", addresses.join(","));
        let options = url.parse::<MemcachedOptions>().map_err(Trouble::open)?;
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Arc::new(MemcachedStore::connect(&options).await.map_err(Trouble::open)?));
        }
        Ok(nodes)
    }

    async fn suffer(&mut self, fault: Fault, seed: u64) -> Result<(), Trouble> {
        let victim = usize::try_from(Seeded::new(seed).below(3)).unwrap_or_default();
        let victim = &mut self.servers[victim];
        match fault {
            Fault::Kill => block_in_place(|| {
                victim.kill();
                victim.start_again()
            })?,
            Fault::Pause => {
                block_in_place(|| victim.pause());
                sleep(PAUSE).await;
                victim.resume();
            }
            _ => line::cut(&self.lines),
        }
        Ok(())
    }

    fn judged(storm: Storm, faults: &[Fault]) -> Storm {
        if faults.contains(&Fault::Kill) { storm.of_a_store_that_may_forget() } else { storm }
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<MemcachedStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_amid(nodes, trouble).await
    }
}
