//! The short form: one round on each store that has servers.

use cloakroom_soak::{Kind, Scale, Summary};

const SHORT: Scale = Scale { seed: 1, operations: 1, clients: 6, calls: 120 };

/// All promises are kept, and what was to happen has happened.
fn is_kept(summary: &Summary, faults: usize) {
    println!("{}\n{summary}", Summary::HEAD);
    if let Some(trouble) = &summary.end {
        panic!("{trouble}");
    }
    assert_eq!(summary.faults.len(), faults, "{summary}");
    assert!(summary.report.unknown > 0, "{summary}");
}

/// Makes a test of each store with the number of its faults.
macro_rules! storms {
    ($($name:ident: $kind:ident, $faults:literal;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                is_kept(&Kind::$kind.soak(SHORT, |_| ()).await, $faults);
            }
        )+
    };
}

storms! {
    postgresql_keeps_its_promises_while_its_server_dies_and_stops: Postgres, 3;
    mariadb_keeps_its_promises_while_its_server_dies_and_stops: Mariadb, 3;
    redis_keeps_its_promises_while_its_server_dies_and_stops: Redis, 3;
    redis_under_sentinel_keeps_its_promises_through_a_failover: Sentinel, 2;
    a_redis_cluster_keeps_its_promises_through_a_failover: Cluster, 2;
    memcached_keeps_its_promises_while_a_server_stops: Memcached, 2;
    near_caches_keep_their_bound_while_their_redis_dies_and_stops: Near, 3;
}
