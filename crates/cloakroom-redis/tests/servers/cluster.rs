//! The store keeps the promises of the contract on a cluster of three masters with a replica each.

use std::sync::LazyLock;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::RedisCluster;
use cloakroom_testkit::{Fixture, conformance_tests};

use crate::support;

/// One for all tests of this program; it ends with it.
static SERVER: LazyLock<RedisCluster> = LazyLock::new(|| RedisCluster::start().expect("the servers start"));

async fn fixture() -> Fixture<RedisStore> {
    support::fixture(&SERVER.url()).await
}

conformance_tests!(indexed, shared, telling: fixture);
