//! Storms on PostgreSQL and MariaDB, of two nodes, of which one is on a line that breaks.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

#[expect(dead_code, reason = "each program uses a part of it")]
mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_test_servers::{MariaDb, Postgres};
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::Storm;

use crate::support::database::Database;

async fn stands_storms<D: Database>(timezone: &'static str) {
    let server = D::start_in(timezone);
    for seed in 0..2 {
        let url = server.fresh().await;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let line = FaultProxy::to(address, seed).await.expect("there is a port");
        let port = |port: u16| format!(":{port}");
        let through_line = url.replace(&port(server.port()), &port(line.address().port()));
        assert_ne!(through_line, url, "the line is in between");
        let nodes = [Arc::new(D::open(&url).await), Arc::new(D::open(&through_line).await)];
        line.delay(Duration::from_millis(5));
        line.trouble(NonZeroU64::new(30).expect("30 is not 0"));
        let storm = Storm::new(seed).of(6, 100).patience(Duration::from_secs(30));
        let report = storm.on_indexed(&nodes).await.unwrap_or_else(|broken| panic!("{broken}"));
        assert!(line.faults() > 0, "{report}");
        println!("{report}, {} faults", line.faults());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql_stands_storms() {
    stands_storms::<Postgres>("UTC").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mariadb_stands_storms() {
    stands_storms::<MariaDb>("+00:00").await;
}
