//! Storms on one server that is well; those on servers in trouble are in `cloakroom-soak`.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_test_servers::{RedisServer, RedisSetup};
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
