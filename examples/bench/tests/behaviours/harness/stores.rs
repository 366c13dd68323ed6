//! One test function for each store.

/// Makes of each function one test a store that finds sessions by their subject: `memory::NAME`, `sqlite::NAME` and, with
/// the feature `servers`, one for each server.
macro_rules! on_each_store {
    ($($name:ident),+ $(,)?) => {
        crate::harness::on_store!(memory, crate::harness::Store::Memory, $((super::$name) $name),+);
        crate::harness::on_store!(sqlite, crate::harness::Store::Sqlite, $((super::$name) $name),+);
        crate::harness::on_servers!($((super::$name) $name),+);
    };
}

/// Makes of each function one test on every store, of those too that find nobody's sessions.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        crate::harness::on_each_store!($($name),+);
        crate::harness::on_memcached!($($name),+);
    };
}

/// The same on Memcached alone: those of a file's tests that ask for nothing that it cannot do, such as to count its rows or to
/// find the sessions of a user.
macro_rules! on_memcached {
    ($($name:ident),+ $(,)?) => {
        crate::harness::on_server!(memcached, Memcached, $((super::$name) $name),+);
    };
}

/// The same on sealed sessions: those of a file's tests that ask for nothing that is only true of rows.
macro_rules! on_sealed {
    ($($name:ident),+ $(,)?) => {
        crate::harness::on_store!(sealed, crate::harness::Store::Sealed, $((super::$name) $name),+);
    };
}

/// Makes of each function one test a store that several processes can share, and that a restart of them leaves alone.
macro_rules! on_each_shared_store {
    ($($name:ident),+ $(,)?) => {
        mod shared {
            crate::harness::on_store!(sqlite, crate::harness::Store::Sqlite, $((super::super::$name) $name),+);
            crate::harness::on_servers!($((super::super::$name) $name),+);
        }
    };
}

/// The same, and on Memcached, which several processes can share as well.
macro_rules! on_every_shared_store {
    ($($name:ident),+ $(,)?) => {
        crate::harness::on_each_shared_store!($($name),+);
        crate::harness::on_memcached!($($name),+);
    };
}

/// Makes of each function one test on `SQLite`, for what memory cannot hold: a file.
macro_rules! on_sqlite {
    ($($name:ident),+ $(,)?) => {
        mod sqlite_only {
            $(#[test] fn $name() { super::$name(); })+
        }
    };
}

/// The tests on each server.
macro_rules! on_servers {
    ($(($function:path) $name:ident),+) => {
        crate::harness::on_server!(postgres, Postgres, $(($function) $name),+);
        crate::harness::on_server!(mariadb, MariaDb, $(($function) $name),+);
        crate::harness::on_server!(redis, Redis, $(($function) $name),+);
        crate::harness::on_server!(redis_cluster, RedisCluster, $(($function) $name),+);
        crate::harness::on_server!(redis_sentinel, RedisSentinel, $(($function) $name),+);
    };
}

/// The tests on one server.
macro_rules! on_server {
    ($module:ident, $server:ident, $($test:tt)+) => {
        #[cfg(feature = "servers")]
        crate::harness::on_store!(
            $module,
            crate::harness::Store::Server(crate::harness::ServerStore::$server),
            $($test)+
        );
    };
}

/// The tests on one store.
macro_rules! on_store {
    ($module:ident, $store:expr, $(($function:path) $name:ident),+) => {
        mod $module {
            $(#[test] fn $name() { $function($store); })+
        }
    };
}

pub(crate) use {
    on_each_shared_store, on_each_store, on_every_shared_store, on_every_store, on_memcached, on_sealed,
    on_server, on_servers, on_sqlite, on_store,
};
