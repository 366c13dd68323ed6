//! The store keeps the promises of the contract on real servers, but for those of a restart, which Memcached does not make: its
//! sessions outlive that of a node.

#![cfg(feature = "servers")]

use cloakroom_memcached::MemcachedStore;
use cloakroom_test_servers::MemcachedServer;
use cloakroom_testkit::{Fixture, conformance_tests};

/// A store on this many servers, which no other check has.
async fn fixture(count: usize) -> Fixture<MemcachedStore> {
    let servers: Vec<_> =
        (0..count).map(|_| MemcachedServer::start(&[]).expect("memcached starts")).collect();
    let addresses: Vec<_> = servers.iter().map(|server| format!("127.0.0.1:{}", server.port())).collect();
    let url = format!("memcached://{}", addresses.join(","));
    let open = move || {
        let url = url.clone();
        async move { MemcachedStore::connect(&url.parse().expect("a URL")).await.expect("the servers are up") }
    };
    Fixture::new(open().await).opened_again_by(open).keeping(servers)
}

mod one_server {
    use super::*;

    conformance_tests!(plain, shared: async || fixture(1).await);
}

mod three_servers {
    use super::*;

    conformance_tests!(plain, shared: async || fixture(3).await);
}
