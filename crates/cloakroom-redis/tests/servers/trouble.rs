//! One server in trouble: it forgets, dies, hangs, is full.

use std::time::Duration;

use cloakroom_core::store::{
    ErrorKind, Insert, Revoked, Seen, Store as _, SubjectIndex as _, Swap, Touch, Touched, Version,
};
use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisServer, RedisSetup, Reply};

use tokio::time::Instant;

use crate::support::{self, PATIENT, begin, calls, fresh, id, kind, open, row, sign_in, subject};

fn server() -> RedisServer {
    RedisServer::start(&RedisSetup::new()).expect("the server starts")
}

/// A server that follows another.
fn replica_of(master: &RedisServer) -> RedisServer {
    let port = master.port().to_string();
    let options = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
    RedisServer::start(&RedisSetup::new().with(&options)).expect("the server starts")
}

/// A store whose writes are on a replica when they return, as soon as there is one.
async fn careful(master: &RedisServer, wait_ms: u32) -> RedisStore {
    open(&master.url(), &format!("{PATIENT}&wait_replicas=1&wait_ms={wait_ms}")).await
}

#[tokio::test]
async fn a_server_that_forgets_its_scripts_is_told_them_again() {
    let server = server();
    let store = open(&server.url(), PATIENT).await;
    begin(&store, id(1)).await;
    server.command(&["SCRIPT", "FLUSH"]).unwrap();
    assert_eq!(store.revoke(id(1)).await.unwrap(), Revoked::Done);
    assert_eq!(store.load(id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_server_that_was_killed_and_appends_has_everything_when_it_is_back() {
    let mut server = RedisServer::start(&RedisSetup::new().appending()).unwrap();
    let store = open(&server.url(), PATIENT).await;
    let alice = subject("alice");
    let fence = store.fence(&alice).await.unwrap();
    let kept = sign_in(&store, &alice, 1).await.unwrap();
    let revoked = sign_in(&store, &alice, 2).await.unwrap();
    store.revoke_subject(&alice, Some(kept)).await.unwrap();
    server.kill();
    assert!(store.load(kept).await.unwrap_err().may_pass());
    server.start_again().unwrap();
    assert_eq!(store.load(kept).await.unwrap(), fresh(Some(&alice)));
    assert_eq!(store.load(revoked).await.unwrap(), None);
    assert_eq!(store.list(&alice).await.unwrap().len(), 1);
    assert!(store.fence(&alice).await.unwrap() > fence);
}

#[tokio::test]
async fn a_server_that_was_restarted_costs_no_reader_an_error() {
    let mut server = RedisServer::start(&RedisSetup::new().appending()).unwrap();
    let store = open(&server.url(), PATIENT).await;
    begin(&store, id(1)).await;
    server.kill();
    server.start_again().unwrap();
    assert_eq!(store.load(id(1)).await.unwrap(), fresh(None));
    // A write is never sent twice; after the read there is a connection for it.
    let swap = store.replace(id(1), Version::FIRST, &row(None)).await.unwrap();
    assert_eq!(swap, Swap::Done(Version::FIRST.next()));
}

#[tokio::test]
async fn a_server_that_hangs_is_an_error_in_bounded_time_and_forgiven_when_it_goes_on() {
    let server = server();
    let store = open(&server.url(), "connect_ms=1000&answer_ms=1000").await;
    begin(&store, id(1)).await;
    server.pause();
    for _ in 0..2 {
        let began = Instant::now();
        assert_eq!(kind(store.load(id(1)).await), ErrorKind::TimedOut);
        assert_eq!(kind(store.revoke(id(2)).await), ErrorKind::TimedOut);
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    }
    server.resume();
    assert_eq!(support::until_it_works(async || store.load(id(1)).await).await, fresh(None));
}

#[tokio::test]
async fn a_server_that_is_full_refuses_what_is_new_and_lets_sessions_end() {
    let server = server();
    let store = open(&server.url(), PATIENT).await;
    let alice = subject("alice");
    let signed_in = sign_in(&store, &alice, 1).await.unwrap();
    server.command(&["CONFIG", "SET", "maxmemory", "1"]).unwrap();
    let (free, row) = (id(2), row(None));
    assert_eq!(
        kind(store.insert(Insert { id: free, row: &row, replaces: None }).await),
        ErrorKind::Unavailable
    );
    assert_eq!(kind(sign_in(&store, &alice, 3).await), ErrorKind::Unavailable);
    // Nothing was written by half.
    assert_eq!(store.load(free).await.unwrap(), None);
    assert_eq!(store.list(&alice).await.unwrap().len(), 1);
    assert_eq!(store.revoke(signed_in).await.unwrap(), Revoked::Done);
    server.command(&["CONFIG", "SET", "maxmemory", "0"]).unwrap();
    assert!(sign_in(&store, &alice, 4).await.is_ok());
}

#[tokio::test]
async fn a_replica_is_no_master() {
    let master = server();
    let replica = server();
    replica.command(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]).unwrap();
    let store = open(&master.url(), PATIENT).await;
    begin(&store, id(1)).await;
    // The master is made a replica of a stranger under the store's feet: reads go on, writes are refused.
    master.command(&["REPLICAOF", "127.0.0.1", &replica.port().to_string()]).unwrap();
    assert_eq!(kind(store.revoke(id(1)).await), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_write_that_too_few_replicas_have_is_an_error_and_is_done() {
    let server = server();
    let alone = RedisStore::open(&format!("{}?{PATIENT}&wait_replicas=1&wait_ms=50", server.url())).await;
    assert!(alone.is_err(), "the first thing that a store writes waits for replicas, too");
    let replica = replica_of(&server);
    let store = careful(&server, 2_000).await;
    let alice = subject("alice");
    let signed_in = sign_in(&store, &alice, 2).await.unwrap();
    let index = format!("cr:{{{}}}:u:alice", &signed_in.to_string()[28..]);
    assert_eq!(replica.command(&["ZCARD", &index]).unwrap(), Reply::Number(1));
    replica.pause();
    assert_eq!(kind(store.revoke(signed_in).await), ErrorKind::TimedOut);
    assert_eq!(store.load(signed_in).await.unwrap(), None, "it was done all the same");
    replica.resume();
}

/// A storm under Sentinel found that the end which such a session brings to another was undone by a failover.
#[tokio::test]
async fn a_visitors_session_waits_for_replicas_if_it_ends_another() {
    let server = server();
    let replica = replica_of(&server);
    let store = careful(&server, 1_000).await;
    let old = sign_in(&store, &subject("alice"), 1).await.unwrap();
    replica.pause();
    begin(&store, id(2)).await;
    let replaces = Some(Seen { id: old, version: Version::FIRST });
    let ending = Insert { id: id(3), row: &row(None), replaces };
    assert_eq!(kind(store.insert(ending).await), ErrorKind::TimedOut);
    replica.resume();
}

#[tokio::test]
async fn waiting_for_replicas_holds_up_no_reader() {
    let server = server();
    let replica = replica_of(&server);
    let store = careful(&server, 3_000).await;
    begin(&store, id(1)).await;
    replica.pause();
    let writer = store.clone();
    let write = tokio::spawn(async move { writer.revoke(id(7)).await });
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(store.load(id(1)).await.unwrap(), fresh(None));
        tokio::task::yield_now().await;
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    replica.resume();
    let _ = write.await.unwrap();
}

#[tokio::test]
async fn every_operation_on_one_session_and_on_one_subject_is_one_command() {
    let server = server();
    let store = open(&server.url(), PATIENT).await;
    let alice = subject("alice");
    let old = sign_in(&store, &alice, 0).await.unwrap();
    let touch = Touch { last_seen_at: row(None).expires_at, expires_at: row(None).expires_at };
    assert_eq!(store.touch(old, touch).await.unwrap(), Touched::Done);
    let _ = store.replace(old, Version::FIRST, &row(Some(&alice))).await.unwrap();
    store.list(&alice).await.unwrap();
    let _ = store.revoke(old).await.unwrap();
    for number in 0..1_000 {
        sign_in(&store, &alice, number).await.unwrap();
    }
    let counted = ["eval", "evalsha", "get", "scan", "keys"];
    let before = calls(&server, &counted);
    let ended = store.revoke_subject(&alice, None).await.unwrap();
    assert_eq!(ended.len(), 1_000);
    let after = calls(&server, &counted);
    let asked: Vec<_> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    // The script is new to the server: the digest is refused, and the text goes after it. One GET is the script's, of the fence.
    assert_eq!(asked, [1, 1, 1, 0, 0], "{counted:?}");
    let before = calls(&server, &counted);
    store.load(id(1)).await.unwrap();
    store.revoke_subject(&alice, None).await.unwrap();
    let after = calls(&server, &counted);
    let asked: Vec<_> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    assert_eq!(asked, [0, 1, 2, 0, 0], "{counted:?}");
}

#[tokio::test]
async fn a_store_that_was_emptied_is_used_by_all_nodes_alike() {
    let server = server();
    let one = open(&server.url(), PATIENT).await;
    let alice = subject("alice");
    sign_in(&one, &alice, 1).await.unwrap();
    server.command(&["FLUSHALL"]).unwrap();
    let other = open(&server.url(), PATIENT).await;
    let signed_in = sign_in(&other, &alice, 2).await.unwrap();
    // The first node places subjects as before, and must not take an empty place for an empty list.
    assert_eq!(kind(one.revoke_subject(&alice, None).await), ErrorKind::Unavailable);
    assert_eq!(one.revoke_subject(&alice, None).await.unwrap(), [signed_in]);
    let misplaced = one.place(id(3), &subject("bob"));
    let row = row(Some(&alice));
    let insert = Insert { id: misplaced, row: &row, replaces: None };
    assert_eq!(kind(one.insert(insert).await), ErrorKind::Misplaced);
}

#[tokio::test]
async fn what_redis_collects_by_itself_leaves_the_index() {
    let server = server();
    let store = open(&server.url(), PATIENT).await;
    let alice = subject("alice");
    let (first, second) =
        (sign_in(&store, &alice, 1).await.unwrap(), sign_in(&store, &alice, 2).await.unwrap());
    let Reply::List(keys) = server.command(&["KEYS", "cr:{????}:???????????????????"]).unwrap() else {
        panic!("no keys")
    };
    assert_eq!(keys.len(), 2);
    for key in &keys {
        let Reply::Number(left) = server.command(&["PTTL", key.text().unwrap()]).unwrap() else { panic!() };
        assert!(left > 0, "a session has no end of its own");
    }
    // As if its time had come: the server drops the row, and nobody tells the index.
    server.command(&["DEL", keys[0].text().unwrap()]).unwrap();
    let left = store.list(&alice).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!([first, second].contains(&left[0].0));
    let index = format!("cr:{{{}}}:u:alice", &first.to_string()[28..]);
    assert_eq!(server.command(&["ZCARD", &index]).unwrap(), Reply::Number(1));
}
