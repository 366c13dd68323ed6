//! What is told of changes, and of a channel that breaks. What has to be told is in the conformance suite.

use std::cell::RefCell;
use std::sync::Arc;

use cloakroom_core::store::{Store as _, SubjectIndex as _, Touch, Version};
use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisServer, RedisSetup};
use cloakroom_testkit::conformance::{Ear, Told};

use crate::support::{PATIENT, begin, id, open, row, sign_in, subject};

async fn ear_on(server: &RedisServer, parameters: &str) -> (RedisStore, Ear) {
    let store = open(&server.url(), parameters).await;
    let ear = Ear::on(Arc::new(store.clone()));
    (store, ear)
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_not_told() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let (store, mut ear) = ear_on(&server, PATIENT).await;
    ear.hears(Told::Connected).await.unwrap();
    let alice = subject("alice");
    let session = sign_in(&store, &alice, 1).await.unwrap();
    let touch = Touch { last_seen_at: row(None).expires_at, expires_at: row(None).expires_at };
    let _ = store.touch(session, touch).await.unwrap();
    let _ = store.replace(session, Version::FIRST, &row(Some(&alice))).await.unwrap();
    ear.hears(Told::Session(session)).await.unwrap();
    store.revoke_subject(&alice, None).await.unwrap();
    ear.hears(Told::Session(session)).await.unwrap();
    begin(&store, id(5)).await;
    store.revoke_everyone().await.unwrap();
    ear.hears(Told::Everyone).await.unwrap();
}

#[tokio::test]
async fn a_broken_channel_is_told_and_comes_back() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let (_store, mut ear) = ear_on(&server, PATIENT).await;
    let server = RefCell::new(server);
    let start_again = || server.borrow_mut().start_again().unwrap();
    ear.hears_of_an_outage(|| server.borrow_mut().kill(), start_again).await.unwrap();
}

#[tokio::test]
async fn a_channel_that_says_nothing_any_more_is_lost() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let (_store, mut ear) = ear_on(&server, "connect_ms=2000&answer_ms=2000").await;
    ear.hears_of_an_outage(|| server.pause(), || server.resume()).await.unwrap();
}
