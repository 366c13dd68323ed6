//! The store keeps the promises of the contract on one server.

use std::sync::LazyLock;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisServer, RedisSetup};
use cloakroom_testkit::{Fixture, conformance_tests};

use crate::support;

/// One for all tests of this program; it ends with it.
static SERVER: LazyLock<RedisServer> =
    LazyLock::new(|| RedisServer::start(&RedisSetup::new()).expect("the servers start"));

async fn fixture() -> Fixture<RedisStore> {
    support::fixture(&SERVER.url()).await
}

conformance_tests!(indexed, shared, telling: fixture);
