//! A store with its servers, its nodes and its lines.

use std::sync::Arc;

use cloakroom_core::store::Store;
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};

use crate::fault::Fault;
use crate::trouble::Trouble;

/// A store with its servers, its nodes and its lines.
pub(crate) trait Site: Sized {
    type Store: Store;

    /// Starts the servers.
    async fn start(seed: u64) -> Result<Self, Trouble>;

    /// What happens in the round of this seed.
    fn faults(seed: u64) -> Vec<Fault>;

    /// Opens the nodes of a round, on a part of the store that no other round has seen.
    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<Self::Store>>, Trouble>;

    /// The lines to its servers.
    fn lines(&self) -> &[FaultProxy] {
        &[]
    }

    /// Lets a fault happen and repairs it.
    async fn suffer(&mut self, fault: Fault, seed: u64) -> Result<(), Trouble>;

    /// What the documentation of the store leaves to it, with these faults.
    fn judged(storm: Storm, faults: &[Fault]) -> Storm {
        let _ = faults;
        storm
    }

    /// Asks the nodes.
    async fn storm(
        storm: Storm,
        nodes: &[Arc<Self::Store>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken>;
}
