//! Servers that die, stop, run over and are none.

#![cfg(feature = "servers")]

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Revoked, Row, RowBody, Store, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Timestamp};
use cloakroom_memcached::MemcachedStore;
use cloakroom_test_servers::MemcachedServer;

fn server(options: &[&str]) -> MemcachedServer {
    MemcachedServer::start(options).expect("memcached starts")
}

/// Longer than any busy machine needs: for what is not about time.
const PATIENT: &str = "connect_ms=30000&answer_ms=30000";

async fn open(url: &str) -> MemcachedStore {
    open_with(url, PATIENT).await
}

async fn open_with(url: &str, parameters: &str) -> MemcachedStore {
    let url = format!("{url}?{parameters}").parse().expect("a URL");
    MemcachedStore::connect(&url).await.expect("the server is up")
}

fn id(number: u32) -> SessionId {
    let mut octets = [7; SessionId::LEN];
    octets[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b9).to_be_bytes());
    SessionId::from_octets(octets)
}

fn row(body: &[u8]) -> Row {
    let now = Timestamp::from_millis(1_800_000_000_000);
    Row {
        subject: None,
        created_at: now,
        last_seen_at: now,
        expires_at: now.after(Duration::from_hours(1)),
        address: None,
        body: RowBody::from_slice(body),
    }
}

async fn begin(store: &MemcachedStore, id: SessionId, body: &[u8]) {
    let inserted = store.insert(Insert { id, row: &row(body), replaces: None }).await;
    assert_eq!(inserted.expect("the server works"), Inserted::Done);
}

async fn body(store: &MemcachedStore, id: SessionId) -> Option<Vec<u8>> {
    let loaded = store.load(id).await.expect("the server works");
    loaded.map(|loaded| loaded.row.body.to_vec())
}

#[tokio::test]
async fn a_server_that_was_killed_is_trouble_and_a_new_one_has_signed_everybody_out() {
    let mut server = server(&[]);
    let store = open(&server.url()).await;
    begin(&store, id(1), b"1").await;
    server.kill();
    assert_eq!(store.load(id(1)).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(store.revoke(id(1)).await.is_err());
    server.start_again().unwrap();
    assert_eq!(body(&store, id(1)).await, None);
    assert_eq!(
        store.touch(id(1), Touch { last_seen_at: Timestamp::MAX, expires_at: Timestamp::MAX }).await.unwrap(),
        Touched::Gone
    );
    assert_eq!(store.replace(id(1), Version::FIRST, &row(b"")).await.unwrap(), Swap::Gone);
    assert_eq!(store.revoke(id(1)).await.unwrap(), Revoked::Absent);
    begin(&store, id(1), b"again").await;
    assert_eq!(body(&store, id(1)).await.as_deref(), Some(&b"again"[..]));
}

#[tokio::test]
async fn the_sessions_of_other_servers_are_not_in_trouble() {
    let mut servers = [server(&[]), server(&[]), server(&[])];
    let addresses = servers.each_ref().map(|server| format!("127.0.0.1:{}", server.port()));
    let store = open(&format!("memcached://{}", addresses.join(","))).await;
    for number in 0..90 {
        begin(&store, id(number), &number.to_be_bytes()).await;
    }
    servers[1].kill();
    let mut in_trouble = 0;
    for number in 0..90 {
        match store.load(id(number)).await {
            Ok(loaded) => assert_eq!(loaded.unwrap().row.body.to_vec(), number.to_be_bytes()),
            Err(error) => {
                assert!(error.may_pass(), "{error}");
                in_trouble += 1;
            }
        }
    }
    // Which are where depends on the ports: a binomial of 30 and a deviation of 4.5, five of which are let pass.
    assert!((7..53).contains(&in_trouble), "{in_trouble} of 90 on one of three");
}

#[tokio::test]
async fn a_server_that_stopped_is_late_and_when_it_goes_on_nobody_gets_the_answer_of_another() {
    let server = server(&[]);
    let patient = open(&server.url()).await;
    for number in 0..50 {
        begin(&patient, id(number), &number.to_be_bytes()).await;
    }
    let store = Arc::new(open_with(&server.url(), "connect_ms=30000&answer_ms=2000&connections=1").await);
    server.pause();
    let waiting: Vec<_> = (0..50)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.load(id(number)).await })
        })
        .collect();
    for load in waiting {
        assert_eq!(load.await.unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
    }
    server.resume();
    for number in 0..50 {
        assert_eq!(body(&store, id(number)).await, Some(number.to_be_bytes().to_vec()));
    }
}

#[tokio::test]
async fn callers_who_give_up_leave_their_answers_to_nobody() {
    let server = server(&[]);
    let store = Arc::new(open_with(&server.url(), &format!("{PATIENT}&connections=1")).await);
    for number in 0..50 {
        begin(&store, id(number), &number.to_be_bytes()).await;
    }
    for round in 0..200_u32 {
        let given_up = (0..10).map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.load(id((round + number) % 50)).await })
        });
        let given_up: Vec<_> = given_up.collect();
        tokio::task::yield_now().await;
        given_up.iter().for_each(tokio::task::JoinHandle::abort);
        let number = (round * 7) % 50;
        assert_eq!(body(&store, id(number)).await, Some(number.to_be_bytes().to_vec()));
    }
}

#[tokio::test]
async fn a_row_larger_than_an_item_is_refused_and_changes_nothing() {
    let server = server(&[]);
    let store = open(&server.url()).await;
    begin(&store, id(1), b"small").await;
    let large = row(&vec![7; 2 << 20]);
    let error = store.replace(id(1), Version::FIRST, &large).await.unwrap_err();
    assert_eq!((error.kind(), error.may_pass()), (ErrorKind::TooLarge, false));
    let error = store.insert(Insert { id: id(2), row: &large, replaces: None }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(body(&store, id(1)).await.as_deref(), Some(&b"small"[..]));
    assert_eq!(body(&store, id(2)).await, None);
    let largest = row(&vec![7; 1_000_000]);
    assert!(matches!(store.replace(id(1), Version::FIRST, &largest).await.unwrap(), Swap::Done(_)));
    assert_eq!(body(&store, id(1)).await, Some(vec![7; 1_000_000]));
}

#[tokio::test]
async fn a_server_whose_items_are_smaller_than_we_think_says_so_and_the_connection_lives_on() {
    let server = server(&["-I", "16k", "-o", "slab_chunk_max=16384"]);
    let store = open(&server.url()).await;
    let large = row(&vec![7; 30_000]);
    let error = store.insert(Insert { id: id(1), row: &large, replaces: None }).await.unwrap_err();
    let cause = std::error::Error::source(&error).expect("it says why").to_string();
    assert!(cause.contains("too large"), "{cause}");
    begin(&store, id(2), b"small").await;
}

#[tokio::test]
async fn what_runs_over_is_forgotten_and_what_was_revoked_stays_so() {
    let server = server(&["-m", "1", "-I", "8k", "-o", "slab_chunk_max=8192"]);
    let store = open(&server.url()).await;
    let body_of = |number: u32| vec![u8::try_from(number % 251).unwrap(); 4_000];
    for number in 0..3_000 {
        begin(&store, id(number), &body_of(number)).await;
        if number % 10 == 0 {
            assert_eq!(store.revoke(id(number)).await.unwrap(), Revoked::Done);
        }
    }
    let mut there = 0;
    for number in 0..3_000 {
        let Some(found) = body(&store, id(number)).await else { continue };
        assert_eq!(found, body_of(number));
        assert_ne!(number % 10, 0, "session {number} was revoked");
        there += 1;
    }
    assert!(
        (1..2_700).contains(&there),
        "{there} are still there: some were dropped, or this proves nothing"
    );
}

#[tokio::test]
async fn what_is_no_memcached_is_told_at_the_start() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("memcached://{}", listener.local_addr().unwrap());
    let other = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"+OK\r\n").unwrap();
        let _ = stream.read(&mut [0; 64]);
    });
    let error = MemcachedStore::connect(&format!("{url}?{PATIENT}&connections=1").parse().unwrap())
        .await
        .unwrap_err();
    let cause = std::error::Error::source(&error).expect("it says why").to_string();
    assert!(cause.contains("+OK") || cause.contains("nobody asked for"), "{cause}");
    other.join().unwrap();
    let nobody = format!("memcached://127.0.0.1:{}", cloakroom_test_servers::free_port().unwrap());
    let error = MemcachedStore::connect(&nobody.parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
