//! Two near caches before one Redis, which hear of each other's changes by it, one of them on a bad line.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{NearCache, NearOptions};
use cloakroom_redis::RedisStore;
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};

use super::redis::{IMPATIENT, RedisSite, open};
use crate::fault::Fault;
use crate::site::Site;
use crate::trouble::Trouble;

/// How old a copy may be.
const BOUND: Duration = Duration::from_millis(300);

/// The cache counts whole milliseconds.
const COUNTED: Duration = Duration::from_millis(302);

pub(crate) struct NearSite(RedisSite);

impl Site for NearSite {
    type Store = NearCache<RedisStore>;

    async fn start(seed: u64) -> Result<Self, Trouble> {
        RedisSite::start(seed).await.map(Self)
    }

    fn faults(seed: u64) -> Vec<Fault> {
        RedisSite::faults(seed)
    }

    fn lines(&self) -> &[FaultProxy] {
        self.0.lines()
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<Self::Store>>, Trouble> {
        let mut nodes = Vec::new();
        for url in self.0.urls() {
            let store = open(&url, IMPATIENT, round).await?;
            nodes.push(Arc::new(NearCache::listening(store, NearOptions::new().staleness_max(BOUND))));
        }
        Ok(nodes)
    }

    async fn suffer(&mut self, fault: Fault, seed: u64) -> Result<(), Trouble> {
        self.0.suffer(fault, seed).await
    }

    fn judged(storm: Storm, _: &[Fault]) -> Storm {
        storm.of_a_store_behind_by(COUNTED)
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<Self::Store>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}
