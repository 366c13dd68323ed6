//! The store keeps the promises of the contract on a master under Sentinel.

use std::sync::LazyLock;

use cloakroom_redis::RedisStore;
use cloakroom_test_servers::RedisSentinel;
use cloakroom_testkit::{Fixture, conformance_tests};

use crate::support;

/// One for all tests of this program; it ends with it.
static SERVER: LazyLock<RedisSentinel> = LazyLock::new(|| RedisSentinel::start().expect("the servers start"));

async fn fixture() -> Fixture<RedisStore> {
    support::fixture(&SERVER.url()).await
}

conformance_tests!(indexed, shared: fixture);
