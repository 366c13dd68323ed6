//! The short form: one round on each store that has servers.

use cloakroom_soak::{Kind, Scale, Summary, Trouble};

const SHORT: Scale = Scale { seed: 0, operations: 1, clients: 6, calls: 120 };

/// All promises are kept, and what was to happen has happened.
fn is_kept(summary: &Summary, faults: usize) {
    println!("{}\n{summary}", Summary::HEAD);
    if let Some(trouble) = &summary.end {
        panic!("{trouble}");
    }
    assert_eq!(summary.faults.len(), faults, "{summary}");
    assert!(summary.report.unknown > 0, "{summary}");
}

/// Makes a test of each store with a seed and the number of different faults that it has.
macro_rules! storms {
    ($($name:ident: $kind:ident, $seed:literal, $faults:literal;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let scale = Scale { seed: $seed, ..SHORT };
                is_kept(&Kind::$kind.soak(scale, |_| ()).await, $faults);
            }
        )+
    };
}

storms! {
    postgresql_keeps_its_promises_while_its_server_dies_and_stops: Postgres, 1, 3;
    mariadb_keeps_its_promises_while_its_server_dies_and_stops: Mariadb, 1, 3;
    redis_keeps_its_promises_while_its_server_dies_and_stops: Redis, 1, 3;
    redis_under_sentinel_keeps_its_promises_when_a_replica_takes_over_that_lacks_writes: Sentinel, 2, 2;
    a_redis_cluster_keeps_its_promises_when_a_master_sleeps_through_a_failover: Cluster, 1, 2;
    memcached_keeps_its_promises_while_a_server_stops: Memcached, 1, 2;
    near_caches_keep_their_bound_while_their_redis_dies_and_stops: Near, 1, 3;
}

/// What `wait_replicas` is for, and that a storm sees what there would be without.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn redis_that_waits_for_no_replica_is_found_to_break_its_promises_when_one_takes_over() {
    let scale = Scale { seed: 2, operations: 20_000, ..SHORT };
    let summary = Kind::HastySentinel.soak(scale, |_| ()).await;
    println!("{}\n{summary}", Summary::HEAD);
    assert!(matches!(summary.end, Some(Trouble::Broken(_))), "{summary}");
}
