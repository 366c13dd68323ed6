//! A master dies or falls silent, and another takes its place.

use cloakroom_core::store::{Revoked, Store as _, SubjectIndex as _};
use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisCluster, RedisSentinel};

use crate::support::{fresh, open, sign_in, subject, until_it_works};

/// What was acknowledged is on a replica, and nobody waits long for the dead.
const CAREFUL: &str = "connect_ms=500&answer_ms=1000&wait_replicas=1&wait_ms=5000";

/// Signs in until it works, each time as another session: one whose answer was lost may be there.
async fn sign_in_again(store: &RedisStore, name: &str, first: u64) {
    let mut number = first;
    until_it_works(async || {
        number += 1;
        sign_in(store, &subject(name), number).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_under_sentinel_is_followed_and_loses_nothing_that_a_replica_had() {
    let mut servers = RedisSentinel::start().unwrap();
    let store = open(&servers.url(), CAREFUL).await;
    let alice = subject("alice");
    let kept = sign_in(&store, &alice, 1).await.unwrap();
    let revoked = sign_in(&store, &alice, 2).await.unwrap();
    assert_eq!(store.revoke(revoked).await.unwrap(), Revoked::Done);
    let master = servers.master().unwrap();
    servers.server(master).kill();
    servers.failed_over_from(master).unwrap();
    assert_eq!(until_it_works(async || store.load(kept).await).await, fresh(Some(&alice)));
    assert_eq!(until_it_works(async || store.load(revoked).await).await, None);
    sign_in_again(&store, "alice", 10).await;
    assert!(until_it_works(async || store.list(&alice).await).await.iter().any(|(id, _)| *id == kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_slept_through_a_failover_is_asked_no_longer() {
    let servers = RedisSentinel::start().unwrap();
    let store = open(&servers.url(), CAREFUL).await;
    let alice = subject("alice");
    let session = sign_in(&store, &alice, 1).await.unwrap();
    let master = servers.master().unwrap();
    servers.servers()[master].pause();
    servers.failed_over_from(master).unwrap();
    until_it_works(async || store.revoke_subject(&alice, None).await).await;
    servers.servers()[master].resume();
    assert_eq!(until_it_works(async || store.load(session).await).await, None);
    sign_in_again(&store, "alice", 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_in_a_cluster_is_followed_and_loses_nothing_that_a_replica_had() {
    let mut cluster = RedisCluster::start().unwrap();
    let store = open(&cluster.url(), CAREFUL).await;
    let alice = subject("alice");
    let kept = sign_in(&store, &alice, 1).await.unwrap();
    let revoked = sign_in(&store, &alice, 2).await.unwrap();
    assert_eq!(store.revoke(revoked).await.unwrap(), Revoked::Done);
    let slot = cluster.slot_of(&kept.to_string()[28..]).unwrap();
    let master = cluster.master_of(slot).unwrap();
    cluster.node(master).kill();
    cluster.failed_over_from(master, slot).unwrap();
    assert_eq!(until_it_works(async || store.load(kept).await).await, fresh(Some(&alice)));
    assert_eq!(until_it_works(async || store.load(revoked).await).await, None);
    // The node that took over has lost its only replica, so waiting for one is for the other nodes.
    let store = open(&cluster.url(), "connect_ms=500&answer_ms=1000").await;
    sign_in_again(&store, "alice", 10).await;
    let ended = until_it_works(async || store.revoke_everyone().await).await;
    assert!(ended >= 2, "{ended}");
    assert_eq!(until_it_works(async || store.load(kept).await).await, None);
}
