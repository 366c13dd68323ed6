//! Storms on real servers, on a good line and on a bad one.

#![cfg(feature = "servers")]

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_memcached::MemcachedStore;
use cloakroom_test_servers::MemcachedServer;
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::Storm;

/// Longer than any busy machine needs: good lines are never late.
const PATIENT: &str = "connect_ms=30000&answer_ms=30000";
/// Lines that lose what was said are waited for no longer than this.
const IMPATIENT: &str = "connect_ms=30000&answer_ms=500";

/// Three servers, a bad line to each, and two nodes.
struct Site {
    lines: Vec<FaultProxy>,
    nodes: [Arc<MemcachedStore>; 2],
    _servers: Vec<MemcachedServer>,
}

async fn site(seed: u64, patience: &str) -> Site {
    let servers: Vec<_> = (0..3).map(|_| MemcachedServer::start(&[]).expect("memcached starts")).collect();
    let mut lines = Vec::new();
    for (server, number) in servers.iter().zip(0..) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        lines.push(FaultProxy::to(address, seed + number).await.expect("there is a port"));
    }
    let addresses: Vec<_> = lines.iter().map(|line| line.address().to_string()).collect();
    let url = format!("memcached://{}?{patience}", addresses.join(","));
    let open = async || {
        Arc::new(MemcachedStore::connect(&url.parse().expect("a URL")).await.expect("the servers are up"))
    };
    let nodes = [open().await, open().await];
    Site { lines, nodes, _servers: servers }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn storms_on_good_lines_break_nothing() {
    for seed in 0..3 {
        let site = site(seed, PATIENT).await;
        let report = Storm::new(seed).on(&site.nodes).await.unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(report.unknown, 0, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn storms_on_bad_lines_break_nothing() {
    for seed in 0..3 {
        let site = site(seed, IMPATIENT).await;
        let one_in = NonZeroU64::new(60).expect("60 is not 0");
        for line in &site.lines {
            line.delay(Duration::from_millis(5));
            line.trouble(one_in);
        }
        let report = Storm::new(seed).on(&site.nodes).await.unwrap_or_else(|broken| panic!("{broken}"));
        let faults: u64 = site.lines.iter().map(FaultProxy::faults).sum();
        assert!(faults > 10 && report.unknown > 0, "{report}, {faults} faults");
        println!("{report}, {faults} faults");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_while_servers_are_killed_only_forgets() {
    let mut server = MemcachedServer::start(&[]).expect("memcached starts");
    let url = format!("{}?connect_ms=30000&answer_ms=300", server.url());
    let node = MemcachedStore::connect(&url.parse().expect("a URL")).await.expect("the server is up");
    let storm = tokio::spawn(async move {
        Storm::new(5).of(8, 2_000).of_a_store_that_may_forget().on(&[Arc::new(node)]).await
    });
    let killing = tokio::task::spawn_blocking(move || {
        for _ in 0..3 {
            server.kill();
            server.start_again().expect("memcached starts again");
        }
        server
    });
    let _server = killing.await.expect("nothing panics");
    let report = storm.await.expect("nothing panics").unwrap_or_else(|broken| panic!("{broken}"));
    assert!(report.unknown > 0, "{report}");
}
