//! Which store.

use clap::ValueEnum;

use crate::rounds::{Scale, run};
use crate::sites::{
    ClusterSite, MariaDbSite, MemcachedSite, MemorySite, NearSite, PostgresSite, RedisSite, SentinelSite,
    SqliteSite,
};
use crate::summary::Summary;

/// A store, as it is set up here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// In the memory of one node
    Memory,
    /// Two nodes on a file
    Sqlite,
    /// Two nodes, one of them on a bad line
    Postgres,
    /// The same
    Mariadb,
    /// The same, with a server that appends to a file at each write
    Redis,
    /// A master and two replicas, both of which have a write before it returns
    Sentinel,
    /// Three masters with a replica each, which has a write before it returns
    Cluster,
    /// Three servers
    Memcached,
    /// Two near caches before one Redis, one of them on a bad line
    Near,
    /// The master with writes that wait for no replica, so that a failover undoes some: what storms have to find
    #[value(skip)]
    HastySentinel,
}

impl Kind {
    /// Rounds on this store until enough was asked or a promise is broken; each is told when it is over.
    pub async fn soak(self, scale: Scale, told: impl FnMut(&str)) -> Summary {
        match self {
            Self::Memory => run::<MemorySite>("memory", scale, told).await,
            Self::Sqlite => run::<SqliteSite>("sqlite", scale, told).await,
            Self::Postgres => run::<PostgresSite>("postgres", scale, told).await,
            Self::Mariadb => run::<MariaDbSite>("mariadb", scale, told).await,
            Self::Redis => run::<RedisSite>("redis", scale, told).await,
            Self::Sentinel => run::<SentinelSite<true>>("sentinel", scale, told).await,
            Self::Cluster => run::<ClusterSite>("cluster", scale, told).await,
            Self::Memcached => run::<MemcachedSite>("memcached", scale, told).await,
            Self::HastySentinel => run::<SentinelSite<false>>("hasty sentinel", scale, told).await,
            Self::Near => run::<NearSite>("near", scale, told).await,
        }
    }
}
