//! The store in memory, which has no servers and so no trouble.

use std::sync::Arc;

use cloakroom::MemoryStore;
use cloakroom_testkit::storm::{Broken, Report, Storm};

use crate::fault::Fault;
use crate::site::Site;
use crate::trouble::Trouble;

pub(crate) struct MemorySite;

impl Site for MemorySite {
    type Store = MemoryStore;

    async fn start(_: u64) -> Result<Self, Trouble> {
        Ok(Self)
    }

    fn faults(_: u64) -> Vec<Fault> {
        Vec::new()
    }

    async fn nodes(&mut self, _: u64) -> Result<Vec<Arc<MemoryStore>>, Trouble> {
        Ok(vec![Arc::new(MemoryStore::new())])
    }

    async fn suffer(&mut self, _: Fault, _: u64) -> Result<(), Trouble> {
        Ok(())
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<MemoryStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}
