//! What the store tells those that keep copies of its rows.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cloakroom_core::SessionId;
use cloakroom_core::store::{
    Cap, CapPolicy, Change, ChangeSink, Changes as _, Insert, Seen, Store as _, SubjectIndex as _,
    SubjectInsert, SubjectInserted, Touch, Version,
};
use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisCluster, RedisServer, RedisSetup};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::support::{PATIENT, begin, id, open, row, sign_in, subject};

/// What was told, as a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Session(SessionId),
    Subject,
    Everyone,
    Connected,
    Lost,
}

struct Ear(UnboundedSender<Told>);

impl ChangeSink for Ear {
    fn tell(&self, change: Change<'_>) {
        let told = match change {
            Change::Session(id) => Told::Session(id),
            Change::Subject(_) => Told::Subject,
            Change::Everyone => Told::Everyone,
            Change::Connected => Told::Connected,
            Change::Lost => Told::Lost,
        };
        let _ = self.0.send(told);
    }
}

fn listen(store: &RedisStore) -> (UnboundedReceiver<Told>, JoinHandle<()>) {
    let (sender, receiver) = unbounded_channel();
    let store = store.clone();
    (receiver, tokio::spawn(async move { store.watch(Arc::new(Ear(sender))).await }))
}

#[expect(clippy::unwrap_used, reason = "a part of tests")]
async fn tells_all(store: &RedisStore, told: &mut UnboundedReceiver<Told>) {
    let alice = subject("alice");
    assert_eq!(told.recv().await, Some(Told::Connected));
    let session = sign_in(store, &alice, 1).await.unwrap();
    let touch = Touch { last_seen_at: row(None).expires_at, expires_at: row(None).expires_at };
    let _ = store.touch(session, touch).await.unwrap();
    let _ = store.replace(session, Version::FIRST, &row(Some(&alice))).await.unwrap();
    assert_eq!(
        told.recv().await,
        Some(Told::Session(session)),
        "a replace, and before it neither insert nor touch"
    );
    let _ = store.revoke(session).await.unwrap();
    assert_eq!(told.recv().await, Some(Told::Session(session)), "a revoke");

    let (visitor, evicted) = (id(2), sign_in(store, &alice, 3).await.unwrap());
    begin(store, visitor).await;
    let row = row(Some(&alice));
    let new = store.place(id(4), &alice);
    let seen = Seen { id: visitor, version: Version::FIRST };
    let insert = Insert { id: new, row: &row, replaces: Some(seen) };
    let cap = Cap { sessions_max: NonZeroUsize::MIN, policy: CapPolicy::EvictOldest };
    let fence = store.fence(&alice).await.unwrap();
    let terms = SubjectInsert { insert, fence, cap: Some(cap), now: row.created_at };
    let inserted = store.insert_for_subject(terms).await.unwrap();
    assert_eq!(inserted, SubjectInserted::Done { evicted: vec![evicted] });
    let ended = [told.recv().await, told.recv().await];
    assert!(ended.contains(&Some(Told::Session(visitor))), "a replaced session: {ended:?}");
    assert!(ended.contains(&Some(Told::Session(evicted))), "an evicted session: {ended:?}");

    store.revoke_subject(&alice, None).await.unwrap();
    assert_eq!(told.recv().await, Some(Told::Session(new)), "the end of a subject's sessions");
    begin(store, id(5)).await;
    store.revoke_everyone().await.unwrap();
    assert_eq!(told.recv().await, Some(Told::Everyone), "the end of everyone's");
}

#[tokio::test]
async fn every_write_and_every_end_is_told_and_nothing_else() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let store = open(&server.url(), PATIENT).await;
    let (mut told, _watch) = listen(&store);
    tells_all(&store, &mut told).await;
}

#[tokio::test]
async fn a_cluster_tells_on_every_node_what_happens_on_any() {
    let cluster = RedisCluster::start().unwrap();
    let store = open(&cluster.url(), PATIENT).await;
    let (mut told, _watch) = listen(&store);
    tells_all(&store, &mut told).await;
}

#[tokio::test]
async fn a_broken_channel_is_told_and_comes_back() {
    let mut server = RedisServer::start(&RedisSetup::new()).unwrap();
    let store = open(&server.url(), PATIENT).await;
    let (mut told, _watch) = listen(&store);
    assert_eq!(told.recv().await, Some(Told::Connected));
    server.kill();
    assert_eq!(told.recv().await, Some(Told::Lost));
    server.start_again().unwrap();
    assert_eq!(told.recv().await, Some(Told::Connected));
}

#[tokio::test]
async fn a_channel_that_says_nothing_any_more_is_lost() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let store = open(&server.url(), "connect_ms=300&answer_ms=300").await;
    let (mut told, _watch) = listen(&store);
    assert_eq!(told.recv().await, Some(Told::Connected));
    server.pause();
    assert_eq!(told.recv().await, Some(Told::Lost));
    server.resume();
    assert_eq!(told.recv().await, Some(Told::Connected));
}
