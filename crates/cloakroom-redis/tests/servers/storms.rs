//! Storms on one server and on a cluster, and over a line that breaks.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_test_servers::{RedisServer, RedisSetup};
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::Storm;

use crate::support::{PATIENT, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_on_one_server_stand_storms() {
    for seed in 0..3 {
        let server = RedisServer::start(&RedisSetup::new()).unwrap();
        let nodes =
            [Arc::new(open(&server.url(), PATIENT).await), Arc::new(open(&server.url(), PATIENT).await)];
        let report = Storm::new(seed).patience(Duration::from_secs(20)).on_indexed(&nodes).await;
        let report = report.unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(report.unknown, 0, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_on_a_bad_line_stands_storms() {
    for seed in 0..3 {
        let server = RedisServer::start(&RedisSetup::new()).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let line = FaultProxy::to(address, seed).await.unwrap();
        let url = format!("redis://{}", line.address());
        let bad = Arc::new(open(&url, "connect_ms=500&answer_ms=500").await);
        let good = Arc::new(open(&server.url(), PATIENT).await);
        line.delay(Duration::from_millis(5));
        line.trouble(NonZeroU64::new(40).unwrap());
        let report = Storm::new(seed).patience(Duration::from_secs(20)).on_indexed(&[bad, good]).await;
        let report = report.unwrap_or_else(|broken| panic!("{broken}"));
        assert!(line.faults() > 5 && report.unknown > 0, "{report}, {} faults", line.faults());
    }
}
