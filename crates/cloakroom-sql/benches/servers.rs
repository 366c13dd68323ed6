//! Speed of the stores on servers, what a purge of many rows does to readers and writers, and what telling other nodes costs.
//!
//! `cargo bench -p cloakroom-sql --features servers --bench servers`. The servers run on this machine, with commits that wait
//! for its disk.
#![expect(clippy::unwrap_used, reason = "a measurement")]

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cloakroom_core::store::{Insert, Revoked, Row, RowBody, Store, SubjectIndex, Swap, Touch, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_sql::{MySqlStore, PostgresStore, ServerOptions};
use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};
use mysql_async::prelude::Queryable;
use tokio::time::Instant;

/// How many rows a purge removes.
const RUBBISH: u64 = 100_000;

/// How many sessions are live meanwhile.
const LIVE: u64 = 1000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Postgres::start(&PostgresSettings::default()).unwrap();
        let url = server.url("postgres");
        let store = PostgresStore::open(&url).await.unwrap();
        let silent = PostgresStore::open_with(&url, ServerOptions::default().without_news()).await.unwrap();
        price_of_news(&store, &silent).await;
        drop(silent);
        measure("PostgreSQL", &store, async || {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let fill = format!(
                "INSERT INTO cloakroom_sessions SELECT decode(md5(i::text), 'hex'), 'user ' || i % 20000,
                    i, i, i, NULL, 1, decode(repeat(md5(i::text), 5), 'hex') FROM generate_series(1, {RUBBISH}) AS i"
            );
            client.batch_execute(&fill).await.unwrap();
            let size = "SELECT pg_total_relation_size('cloakroom_sessions')";
            println!("  {} octets for {RUBBISH} rows", client.query_one(size, &[]).await.unwrap().get::<_, i64>(0));
        })
        .await;
        drop(store);

        let server = MariaDb::start(&MariaDbSettings::default()).unwrap();
        let options = |database: &str| mysql_async::Opts::from_url(&server.url(database)).unwrap();
        let mut administrator = mysql_async::Conn::new(options("mysql")).await.unwrap();
        administrator.query_drop("CREATE DATABASE sessions").await.unwrap();
        let store = MySqlStore::open(&server.url("sessions")).await.unwrap();
        measure("MariaDB", &store, async || {
            let mut client = mysql_async::Conn::new(options("sessions")).await.unwrap();
            let fill = format!(
                "INSERT INTO cloakroom_sessions SELECT unhex(md5(seq)), concat('user ', seq % 20000), seq, seq, seq,
                    NULL, 1, unhex(repeat(md5(seq), 5)) FROM seq_1_to_{RUBBISH}"
            );
            client.query_drop(fill).await.unwrap();
            client.query_drop("ANALYZE TABLE cloakroom_sessions").await.unwrap();
            let size = "SELECT data_length + index_length FROM information_schema.tables
                WHERE table_schema = 'sessions' AND table_name = 'cloakroom_sessions'";
            let octets: Option<u64> = client.query_first(size).await.unwrap();
            println!("  {} octets for {RUBBISH} rows", octets.unwrap());
        })
        .await;
    });
}

async fn measure<S: SubjectIndex + Clone>(name: &str, store: &S, fill: impl AsyncFn()) {
    println!("{name}");
    let row = visitor();
    for number in 0..LIVE {
        let insert = Insert { id: id(number), row: &row, replaces: None };
        let _ = store.insert(insert).await.unwrap();
    }
    for in_flight in [1, 32] {
        let loads = rate(in_flight, store, |store, number| async move {
            assert!(store.load(id(number % LIVE)).await.unwrap().is_some());
        });
        println!("  load, {in_flight} in flight: {:.0}/s", loads.await);
        let touches = rate(in_flight, store, |store, number| async move {
            let touch =
                Touch { last_seen_at: Timestamp::from_millis(number), expires_at: Timestamp::from_millis(1) };
            let _ = store.touch(id(number % LIVE), touch).await.unwrap();
        });
        println!("  touch, {in_flight} in flight: {:.0}/s", touches.await);
        let sign_ins = rate(in_flight, store, |store, number| {
            let subject = Subject::new(&format!("user {}", number % 500)).unwrap();
            let row = Row { subject: Some(subject.clone()), ..row.clone() };
            async move {
                let fence = store.fence(&subject).await.unwrap();
                let id = id(1_000_000 * in_flight + number);
                let insert = Insert { id, row: &row, replaces: None };
                let now = Timestamp::from_millis(1);
                let insert = cloakroom_core::store::SubjectInsert { insert, fence, cap: None, now };
                let _ = store.insert_for_subject(insert).await.unwrap();
            }
        });
        println!("  fence and sign-in, {in_flight} in flight: {:.0}/s", sign_ins.await);
    }

    fill().await;
    let calm = latencies(store, tokio::time::sleep(Duration::from_secs(3))).await;
    println!("  without a purge: {calm}");
    let started = Instant::now();
    let mut took = Duration::ZERO;
    let purged = latencies(store, async {
        let mut removed = 0;
        while removed < usize::try_from(RUBBISH).unwrap() {
            removed += store.purge(Timestamp::from_millis(RUBBISH), 10_000).await.unwrap();
        }
        took = started.elapsed();
    })
    .await;
    println!("  during a purge of {RUBBISH} rows, which took {:.1} s: {purged}", took.as_secs_f64());
}

/// What it costs to tell other nodes, of whom none listens: the same work in turn with and without.
async fn price_of_news(telling: &PostgresStore, silent: &PostgresStore) {
    const IN_FLIGHT: u64 = 32;
    println!("PostgreSQL, telling other nodes and not, {IN_FLIGHT} in flight");
    let row = visitor();
    for round in 0..10 {
        for (turn, name, store) in [(0, "telling", telling), (1, "silent", silent)] {
            let of = move |number| id(((10 + round) * 2 + turn) * 10_000_000 + number);
            let inserts = rate_of(IN_FLIGHT, 50, store, |store, number| {
                let row = row.clone();
                async move {
                    let insert = Insert { id: of(number), row: &row, replaces: None };
                    let _ = store.insert(insert).await.unwrap();
                }
            });
            let inserts = inserts.await;
            let replaces = rate_of(IN_FLIGHT, 50, store, |store, number| {
                let row = row.clone();
                async move {
                    let swap = store.replace(of(number), Version::FIRST, &row).await.unwrap();
                    assert!(matches!(swap, Swap::Done(_)));
                }
            });
            let replaces = replaces.await;
            let revokes = rate_of(IN_FLIGHT, 50, store, |store, number| async move {
                assert_eq!(store.revoke(of(number)).await.unwrap(), Revoked::Done);
            });
            let revokes = revokes.await;
            println!("  {name}: insert {inserts:.0}/s, replace {replaces:.0}/s, revoke {revokes:.0}/s");
        }
    }
}

/// How often a second something can be done by so many at once.
async fn rate<S: Clone + Send + 'static, F>(in_flight: u64, store: &S, work: impl Fn(S, u64) -> F) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    const EACH: u64 = 1500;
    let rounds = if in_flight == 1 { EACH } else { EACH / 4 };
    rate_of(in_flight, rounds, store, work).await
}

/// The same of so many rounds of each.
async fn rate_of<S: Clone + Send + 'static, F>(
    in_flight: u64,
    rounds: u64,
    store: &S,
    work: impl Fn(S, u64) -> F,
) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..in_flight)
        .map(|task| {
            let all: Vec<F> =
                (0..rounds).map(|round| work(store.clone(), task * rounds + round + 2)).collect();
            tokio::spawn(async move {
                for one in all {
                    one.await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    // So few that the conversion is exact.
    f64::from(u32::try_from(rounds * in_flight).unwrap()) / started.elapsed().as_secs_f64()
}

/// What four readers and two writers wait for while something goes on.
async fn latencies<S: Store + Clone>(store: &S, meanwhile: impl Future<Output = ()>) -> String {
    let over = Arc::new(AtomicBool::new(false));
    let reads = (0..4).map(|reader| {
        let (store, over) = (store.clone(), Arc::clone(&over));
        tokio::spawn(async move {
            let mut waited = Vec::new();
            for number in 0_u64.. {
                let started = Instant::now();
                assert!(store.load(id((number * 7 + reader) % LIVE)).await.unwrap().is_some());
                waited.push(started.elapsed());
                if over.load(Ordering::Relaxed) {
                    break;
                }
            }
            waited
        })
    });
    let reads: Vec<_> = reads.collect();
    let writes = (0..2).map(|writer| {
        let (store, over) = (store.clone(), Arc::clone(&over));
        tokio::spawn(async move {
            let mut waited = Vec::new();
            for number in 0_u64.. {
                let id = id((number * 2 + writer) % LIVE);
                let there = store.load(id).await.unwrap().unwrap();
                let started = Instant::now();
                assert!(matches!(store.replace(id, there.version, &there.row).await.unwrap(), Swap::Done(_)));
                waited.push(started.elapsed());
                if over.load(Ordering::Relaxed) {
                    break;
                }
            }
            waited
        })
    });
    let writes: Vec<_> = writes.collect();
    meanwhile.await;
    over.store(true, Ordering::Relaxed);
    let mut text = String::new();
    for (who, tasks) in [("read", reads), ("write", writes)] {
        let mut waited = Vec::new();
        for task in tasks {
            waited.extend(task.await.unwrap());
        }
        waited.sort_unstable();
        let at = |percent: usize| waited[(waited.len() - 1) * percent / 100];
        write!(text, "{who} p50 {:.1?} p99 {:.1?} worst {:.1?}; ", at(50), at(99), at(100)).unwrap();
    }
    text
}

fn visitor() -> Row {
    Row {
        subject: None,
        created_at: Timestamp::from_millis(1),
        last_seen_at: Timestamp::from_millis(1),
        expires_at: Timestamp::MAX,
        address: None,
        body: RowBody::from_slice(&[7; 80]),
    }
}

fn id(number: u64) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    octets[..8].copy_from_slice(&(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    SessionId::from_octets(octets)
}
