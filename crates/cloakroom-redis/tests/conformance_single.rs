//! The store keeps the promises of the contract on one server.

#![cfg(feature = "servers")]

use std::sync::LazyLock;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisServer, RedisSetup};
use cloakroom_testkit::{Fixture, conformance_tests};

mod support;

/// One for all tests of this program; it ends with it.
static SERVER: LazyLock<RedisServer> = LazyLock::new(|| RedisServer::start(&RedisSetup::new()).unwrap());

async fn fixture() -> Fixture<RedisStore> {
    support::fixture(&SERVER.url()).await
}

conformance_tests!(indexed, shared: fixture);
