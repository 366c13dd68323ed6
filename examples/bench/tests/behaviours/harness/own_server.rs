//! A server of a check's own, which it may harm.

use std::net::Ipv4Addr;

use cloakroom_test_servers::{
    MariaDb, MariaDbSettings, MemcachedServer, Postgres, PostgresSettings, RedisServer, RedisSetup,
};

use super::servers::ServerStore;
use super::site::Site;

/// A server of a check's own, which it may harm.
pub(crate) enum OwnServer {
    Postgres(Postgres),
    MariaDb(MariaDb),
    Redis(RedisServer),
    Memcached(MemcachedServer),
}

/// What a test does to any of them is done to the server that it is.
macro_rules! whichever {
    ($own:ident, $server:ident => $then:expr) => {
        match $own {
            OwnServer::Postgres($server) => $then,
            OwnServer::MariaDb($server) => $then,
            OwnServer::Redis($server) => $then,
            OwnServer::Memcached($server) => $then,
        }
    };
}

impl OwnServer {
    /// One of this kind, of which there is one without others.
    pub(crate) fn start(kind: ServerStore) -> Self {
        match kind {
            ServerStore::Postgres => {
                let settings = PostgresSettings { fsync: true, ..PostgresSettings::default() };
                Self::Postgres(Postgres::start(&settings).expect("PostgreSQL starts"))
            }
            ServerStore::MariaDb => {
                let server = MariaDb::start(&MariaDbSettings::default()).expect("MariaDB starts");
                // Nobody is read-only who may change that.
                let user = "CREATE USER app@localhost; GRANT ALL ON *.* TO app@localhost;
                    REVOKE SUPER, READ ONLY ADMIN ON *.* FROM app@localhost; CREATE DATABASE sessions";
                server.execute(user).expect("a user can be made");
                Self::MariaDb(server)
            }
            ServerStore::Redis => {
                Self::Redis(RedisServer::start(&RedisSetup::new().appending()).expect("Redis starts"))
            }
            ServerStore::Memcached => Self::Memcached(MemcachedServer::start(&[]).expect("Memcached starts")),
            ServerStore::RedisCluster | ServerStore::RedisSentinel => {
                unreachable!("servers that replace each other are checked where that is checked")
            }
        }
    }

    /// A store on it.
    pub(crate) fn site(&self) -> Site {
        match self {
            Self::Postgres(server) => Site::at(ServerStore::Postgres, server.url("postgres")),
            Self::MariaDb(server) => {
                let url = format!("mysql://app@{}:{}/sessions", Ipv4Addr::LOCALHOST, server.port());
                Site::at(ServerStore::MariaDb, url)
            }
            Self::Redis(server) => Site::at(ServerStore::Redis, server.url()),
            Self::Memcached(server) => Site::at(ServerStore::Memcached, server.url()),
        }
    }

    /// Whether it still has everything when it has been killed and started again.
    pub(crate) const fn keeps(&self) -> bool {
        !matches!(self, Self::Memcached(_))
    }

    pub(crate) fn kill(&mut self) {
        whichever!(self, server => server.kill());
    }

    pub(crate) fn start_again(&mut self) {
        whichever!(self, server => server.start_again()).expect("the server starts again");
    }

    pub(crate) fn pause(&self) {
        whichever!(self, server => server.pause());
    }

    pub(crate) fn resume(&self) {
        whichever!(self, server => server.resume());
    }

    /// From now on it can be read and takes no writes, as a replica does; PostgreSQL does so a moment later.
    #[expect(clippy::doc_markdown, reason = "a name in a sentence, not code")]
    pub(crate) fn refuse_writes(&self) {
        self.set_read_only("on", "1", &["REPLICAOF", "127.0.0.1", "1"]);
    }

    /// It takes writes again.
    pub(crate) fn take_writes(&self) {
        self.set_read_only("off", "0", &["REPLICAOF", "NO", "ONE"]);
    }

    fn set_read_only(&self, postgres: &str, mariadb: &str, redis: &[&str]) {
        match self {
            Self::Postgres(server) => {
                let setting = format!("ALTER SYSTEM SET default_transaction_read_only = {postgres}");
                server.execute(&setting).expect("the setting is known");
                server.execute("SELECT pg_reload_conf()").expect("settings are read again");
            }
            Self::MariaDb(server) => {
                server.execute(&format!("SET GLOBAL read_only = {mariadb}")).expect("the setting is known");
            }
            Self::Redis(server) => drop(server.command(redis).expect("Redis answers")),
            Self::Memcached(_) => unreachable!("Memcached has no replicas"),
        }
    }
}
