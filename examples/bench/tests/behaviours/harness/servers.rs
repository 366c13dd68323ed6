//! The servers that stores live on: one of each for all checks, started when the first check needs it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cloakroom_test_servers::{
    MariaDb, MariaDbSettings, MemcachedServer, Postgres, PostgresSettings, RedisCluster, RedisSentinel,
    RedisServer, RedisSetup,
};

/// In another time zone than ours, so that nothing that says when may depend on it.
static POSTGRES: LazyLock<Postgres> = LazyLock::new(|| {
    let more = vec![("max_connections", "300".to_owned())];
    let settings = PostgresSettings { timezone: "Asia/Kathmandu", fsync: true, more, files: Vec::new() };
    Postgres::start(&settings).expect("PostgreSQL starts")
});

static MARIADB: LazyLock<MariaDb> = LazyLock::new(|| {
    let more = vec!["--max-connections=300".to_owned()];
    let settings = MariaDbSettings { default_time_zone: "+05:45", fsync: false, more, files: Vec::new() };
    MariaDb::start(&settings).expect("MariaDB starts")
});

static REDIS: LazyLock<RedisServer> =
    LazyLock::new(|| RedisServer::start(&RedisSetup::new()).expect("Redis starts"));

static CLUSTER: LazyLock<RedisCluster> = LazyLock::new(|| RedisCluster::start().expect("a cluster starts"));

static SENTINEL: LazyLock<RedisSentinel> = LazyLock::new(|| RedisSentinel::start().expect("Sentinel starts"));

static MEMCACHED: LazyLock<MemcachedServer> =
    LazyLock::new(|| MemcachedServer::start(&["-m", "256"]).expect("Memcached starts"));

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerStore {
    Postgres,
    MariaDb,
    Redis,
    RedisCluster,
    RedisSentinel,
    Memcached,
}

impl ServerStore {
    pub(super) const fn places_sessions(self) -> bool {
        matches!(self, Self::Redis | Self::RedisCluster | Self::RedisSentinel)
    }

    /// The address of a store on this server that no other check has.
    pub(super) fn fresh_url(self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("check_{number}");
        let prefix = format!("c{number:04}");
        match self {
            Self::Postgres => POSTGRES.create_schema(&name).expect("a schema can be made"),
            Self::MariaDb => {
                MARIADB.create_database(&name).expect("a database can be made");
                MARIADB.url(&name)
            }
            Self::Redis => format!("{}?prefix={prefix}", REDIS.url()),
            Self::RedisCluster => format!("{}?prefix={prefix}", CLUSTER.url()),
            Self::RedisSentinel => format!("{}?prefix={prefix}", SENTINEL.url()),
            Self::Memcached => format!("{}?prefix={prefix}", MEMCACHED.url()),
        }
    }
}
