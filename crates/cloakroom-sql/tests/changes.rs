//! What PostgreSQL tells of changes, and what of a channel that breaks. What it has to tell is in the conformance suite.
#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]
#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "each program uses a part of it")]
mod support;

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use cloakroom_core::Timestamp;
use cloakroom_core::store::{Revoked, Store, SubjectIndex, Swap, Touch, Touched, Version};
use cloakroom_sql::PostgresStore;
use cloakroom_test_servers::{Postgres, PostgresSettings};
use cloakroom_testkit::conformance::{Ear, Told};
use cloakroom_testkit::proxy::FaultProxy;

use crate::support::database::{Database, impatient};
use crate::support::samples::{id, put, row, sign_in, subject};

/// For the tests that do no harm.
static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start_in("UTC"));

async fn ear_on(url: &str) -> (PostgresStore, Ear) {
    let store = Postgres::open(url).await;
    let ear = Ear::on(Arc::new(store.clone()));
    (store, ear)
}

/// A session is ended on one node and that is told to another.
async fn is_told(store: &PostgresStore, ear: &mut Ear, number: u32) {
    put(store, number, 1000).await;
    assert_eq!(store.revoke(id(number)).await.unwrap(), Revoked::Done);
    ear.hears(Told::Session(id(number))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_needs_to_know_is_not_told() {
    let url = SERVER.fresh().await;
    let (store, mut ear) = ear_on(&url).await;
    ear.hears(Told::Connected).await.unwrap();
    put(&store, 1, 1000).await;
    put(&store, 2, 5).await;
    sign_in(&store, 3, "alice").await;
    let touch = Touch { last_seen_at: Timestamp::from_millis(5), expires_at: Timestamp::from_millis(2000) };
    assert_eq!(store.touch(id(1), touch).await.unwrap(), Touched::Done);
    assert_eq!(store.purge(Timestamp::from_millis(6), 10).await.unwrap(), 1);
    assert!(matches!(store.replace(id(1), Version::FIRST, &row(3000)).await.unwrap(), Swap::Done(_)));
    ear.hears(Told::Session(id(1))).await.unwrap();
    store.revoke_subject(&subject("alice"), None).await.unwrap();
    ear.hears(Told::Subject(subject("alice"))).await.unwrap();
    store.revoke_everyone().await.unwrap();
    ear.hears(Told::Everyone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_schema_has_a_channel_of_its_own_whatever_its_name() {
    // Longer than a channel's name can be together with what stands before it, and with characters of two octets.
    let name = format!("Odd\"{}", "\u{e9}".repeat(27));
    let quoted = name.replace('"', "\"\"");
    Postgres::run(&SERVER.url("postgres"), &format!("CREATE SCHEMA \"{quoted}\"")).await;
    let escaped = quoted.replace('"', "%22");
    let odd = format!("{}?options=-csearch_path%3D%22{escaped}%22", SERVER.url("postgres"));
    let (odd, mut odd_ear) = ear_on(&odd).await;
    let (plain, mut plain_ear) = ear_on(&SERVER.fresh().await).await;
    odd_ear.hears(Told::Connected).await.unwrap();
    plain_ear.hears(Told::Connected).await.unwrap();
    is_told(&odd, &mut odd_ear, 1).await;
    is_told(&plain, &mut plain_ear, 2).await;
    is_told(&odd, &mut odd_ear, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_that_cannot_be_told_harm_no_write() {
    let url = SERVER.fresh().await;
    Postgres::run(
        &url,
        "CREATE FUNCTION pg_notify(text, text) RETURNS void LANGUAGE plpgsql
            AS $$ BEGIN RAISE 'the queue is full'; END $$",
    )
    .await;
    let (sound, mut ear) = ear_on(&url).await;
    ear.hears(Told::Connected).await.unwrap();
    // Ours comes before the server's own.
    let store = Postgres::open(&format!("{url},pg_catalog")).await;
    for number in 0..3 {
        put(&store, number, 1000).await;
        let swap = store.replace(id(number), Version::FIRST, &row(3000)).await.unwrap();
        assert!(matches!(swap, Swap::Done(_)));
        assert_eq!(store.revoke(id(number)).await.unwrap(), Revoked::Done);
        sign_in(&store, 10 + number, "alice").await;
        assert_eq!(store.revoke_subject(&subject("alice"), None).await.unwrap(), [id(10 + number)]);
    }
    put(&store, 5, 1000).await;
    assert_eq!(store.revoke_everyone().await.unwrap(), 1);
    assert_eq!(store.rows().await.unwrap(), 0);
    // It is the first that is told.
    is_told(&sound, &mut ear, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_to_tell_nothing_tells_nothing() {
    let url = SERVER.fresh().await;
    let (store, mut ear) = ear_on(&url).await;
    ear.hears(Told::Connected).await.unwrap();
    let silent = Postgres::open_with(&url, Postgres::options().without_news()).await.unwrap();
    put(&silent, 1, 1000).await;
    assert_eq!(silent.revoke(id(1)).await.unwrap(), Revoked::Done);
    silent.revoke_everyone().await.unwrap();
    is_told(&store, &mut ear, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn telling_waits_for_no_disk() {
    // Nobody but a commit that waits writes the log within the test.
    let more = [("wal_writer_delay", "10000"), ("autovacuum", "off")];
    let more = more.map(|(name, value)| (name, value.to_owned())).to_vec();
    let server = Postgres::start(&PostgresSettings { more, ..PostgresSettings::default() }).unwrap();
    let url = server.fresh().await;
    let (store, mut ear) = ear_on(&url).await;
    ear.hears(Told::Connected).await.unwrap();
    is_told(&store, &mut ear, 1).await;
    // The revocation was written to the disk before its call returned, and the news have been told since.
    let behind = "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()";
    assert_eq!(Postgres::query(&url, behind).await, [[Some("t".to_owned())]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_is_told_and_comes_back() {
    let url = SERVER.fresh().await;
    let proxy = FaultProxy::to(([127, 0, 0, 1], SERVER.port()).into(), 1).await.unwrap();
    let through = url.replace(&SERVER.port().to_string(), &proxy.address().port().to_string());
    let (_, mut ear) = ear_on(&through).await;
    ear.hears_of_an_outage(|| proxy.cut_all(), || ()).await.unwrap();
    is_told(&Postgres::open(&url).await, &mut ear, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_told_and_listened_to_when_it_is_back() {
    let server = Postgres::start_in("UTC");
    let url = server.fresh().await;
    let server = RefCell::new(server);
    let (store, mut ear) = ear_on(&url).await;
    ear.hears_of_an_outage(|| server.borrow_mut().kill(), || server.borrow_mut().restart()).await.unwrap();
    is_told(&store, &mut ear, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_any_more_is_told_and_listened_to_when_it_goes_on() {
    let server = Postgres::start_in("UTC");
    let url = server.fresh().await;
    let store = Postgres::open_with(&url, impatient::<Postgres>()).await.unwrap();
    let mut ear = Ear::on(Arc::new(store));
    ear.hears_of_an_outage(|| server.pause(), || server.resume()).await.unwrap();
    is_told(&Postgres::open(&url).await, &mut ear, 1).await;
}
