//! What becomes of a store when its server is killed, silent, read-only, old or somebody else's; and what it costs it.
#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]
#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "each program uses a part of it")]
mod support;

use std::sync::LazyLock;

use cloakroom_core::Timestamp;
use cloakroom_core::store::{
    Cap, CapPolicy, ErrorKind, Insert, Revoked, Store, StoreError, SubjectIndex, SubjectInserted, Swap,
    Touch, Touched, Version,
};
use cloakroom_sql::{ConnectTrouble, MySqlStore, PostgresStore, ServerOptions};
use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};

use crate::support::database::{Database, PATIENCE, impatient};
use crate::support::proxy::Proxy;
use crate::support::samples::{id, put, row, sign_in, sign_in_under, subject};

/// Makes a test for each kind of server, on a server that it shares with others.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod postgres {
            use super::{Database, LazyLock, Postgres};

            static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start_in("America/Caracas"));
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(&*SERVER).await;
                }
            )*
        }
        mod mariadb {
            use super::{Database, LazyLock, MariaDb};

            static SERVER: LazyLock<MariaDb> = LazyLock::new(|| MariaDb::start_in("-04:30"));
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(&*SERVER).await;
                }
            )*
        }
    };
}

/// The same on a server of its own, which it may harm.
macro_rules! on_a_server_of_its_own {
    ($($test:ident)*) => {
        mod postgres_of_its_own {
            use super::{Database, Postgres};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(Postgres::start_in("UTC")).await;
                }
            )*
        }
        mod mariadb_of_its_own {
            use super::{Database, MariaDb};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(MariaDb::start_in("+00:00")).await;
                }
            )*
        }
    };
}

on_both! {
    instances_that_start_together_make_the_tables_once
    tables_of_a_newer_release_are_refused
    a_row_that_cannot_be_ours_is_reported_as_corrupt_and_harms_no_other
    a_person_can_read_the_sessions_in_utc
    each_operation_takes_the_round_trips_that_it_says
    sign_ins_that_end_each_others_sessions_all_come_to_an_end
    callers_that_give_up_leave_no_transaction_behind
    a_database_that_does_not_exist_is_said_to_be_missing
    no_text_of_a_store_shows_its_password
}

on_a_server_of_its_own! {
    a_killed_server_is_an_error_at_once_and_loses_nothing_that_was_answered
    a_silent_server_is_an_error_in_time
    a_server_that_takes_no_writes_is_an_error_and_can_be_read
}

async fn instances_that_start_together_make_the_tables_once<D: Database>(server: &D) {
    let url = server.fresh().await;
    let opening = (0..6).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { D::open_with(&url, D::options()).await })
    });
    for store in opening.collect::<Vec<_>>() {
        store.await.unwrap().unwrap().fence(&subject("alice")).await.unwrap();
    }
    let steps = D::query(&url, "SELECT component, version FROM cloakroom_migrations").await;
    assert_eq!(steps, [[Some("sessions".to_owned()), Some("1".to_owned())]]);
    let buckets = D::query(&url, "SELECT count(*), min(bucket), max(bucket) FROM cloakroom_fences").await;
    assert_eq!(buckets, [["1024", "0", "1023"].map(|number| Some(number.to_owned()))]);
}

async fn tables_of_a_newer_release_are_refused<D: Database>(server: &D) {
    let url = server.fresh().await;
    drop(D::open(&url).await);
    D::run(&url, "INSERT INTO cloakroom_migrations (component, version) VALUES ('accounts', 98)").await;
    drop(D::open(&url).await);
    D::run(&url, "INSERT INTO cloakroom_migrations (component, version) VALUES ('sessions', 99)").await;
    let error = D::open_with(&url, D::options()).await.unwrap_err();
    assert!(matches!(error.trouble(), ConnectTrouble::Newer { found: 99, known: 1 }), "{error}");
}

async fn a_row_that_cannot_be_ours_is_reported_as_corrupt_and_harms_no_other<D: Database>(server: &D) {
    let url = server.fresh().await;
    let store = D::open(&url).await;
    put(&store, 1, 100).await;
    put(&store, 2, 200).await;
    D::run(&url, "UPDATE cloakroom_sessions SET address = 'home' WHERE expires_at = 100").await;
    assert_eq!(store.load(id(1)).await.unwrap_err().kind(), ErrorKind::Corrupt);
    assert!(store.load(id(2)).await.unwrap().is_some());
    assert_eq!(store.page(None, 10).await.unwrap_err().kind(), ErrorKind::Corrupt);
}

async fn a_person_can_read_the_sessions_in_utc<D: Database>(server: &D) {
    let url = server.fresh().await;
    let store = D::open(&url).await;
    put(&store, 1, u64::MAX).await;
    sign_in(&store, 2, "zo\u{eb} ").await;
    let touch = Touch {
        last_seen_at: Timestamp::from_millis(1_700_000_000_000),
        expires_at: Timestamp::from_millis(1_700_000_060_000),
    };
    assert_eq!(store.touch(id(2), touch).await.unwrap(), Touched::Done);
    let found = D::query(
        &url,
        "SELECT id, subject, created_utc, last_seen_utc, expires_utc, address, version, record_octets
            FROM cloakroom_sessions_readable WHERE subject IS NOT NULL",
    )
    .await;
    let [row] = &found[..] else { panic!("{found:?}") };
    let texts: Vec<&str> = row.iter().map(|column| column.as_deref().unwrap_or("NULL")).collect();
    assert_eq!(texts[..2], [id(2).to_string().as_str(), "zo\u{eb} "]);
    assert!(texts[2].starts_with("1970-01-01 00:00:00"), "{texts:?}");
    assert_eq!(texts[3..5], ["2023-11-14 22:13:20", "2023-11-14 22:14:20"]);
    assert_eq!(texts[5..], ["NULL", "1", "6"]);
    let all = D::query(&url, "SELECT expires_utc FROM cloakroom_sessions_readable").await;
    assert_eq!(all.len(), 2, "a session without an end is shown too");
}

async fn each_operation_takes_the_round_trips_that_it_says<D: Database>(server: &D) {
    let url = server.fresh().await;
    let proxy = Proxy::to(server.port()).await;
    let store = D::open(&url.replace(&server.port().to_string(), &proxy.port.to_string())).await;
    let alice = subject("alice");
    // Once each, so that every connection that takes part is open and has its statements prepared.
    for number in 0..2 {
        proxy.round_trips();
        let take = || proxy.round_trips();
        let mut taken = Vec::new();
        put(&store, number * 10, 1000).await;
        taken.push(("insert", take()));
        assert!(store.load(id(number * 10)).await.unwrap().is_some());
        taken.push(("load", take()));
        let touch =
            Touch { last_seen_at: Timestamp::from_millis(5), expires_at: Timestamp::from_millis(2000) };
        assert_eq!(store.touch(id(number * 10), touch).await.unwrap(), Touched::Done);
        taken.push(("touch", take()));
        let swap = store.replace(id(number * 10), Version::FIRST, &row(3000)).await.unwrap();
        assert!(matches!(swap, Swap::Done(_)));
        taken.push(("replace", take()));
        assert_eq!(store.revoke(id(number * 10)).await.unwrap(), Revoked::Done);
        taken.push(("revoke", take()));
        let fence = store.fence(&alice).await.unwrap();
        taken.push(("fence", take()));
        let cap = Cap { sessions_max: 5.try_into().unwrap(), policy: CapPolicy::EvictOldest };
        let inserted = sign_in_under(&store, number * 10 + 1, "alice", fence, Some(cap)).await;
        assert_eq!(inserted, SubjectInserted::Done { evicted: Vec::new() });
        taken.push(("insert_for_subject", take()));
        assert_eq!(store.list(&alice).await.unwrap().len(), 1);
        taken.push(("list", take()));
        assert_eq!(store.revoke_subject(&alice, None).await.unwrap(), [id(number * 10 + 1)]);
        taken.push(("revoke_subject", take()));
        if number == 1 {
            let more: Vec<_> = taken.into_iter().filter(|(_, trips)| *trips != 1).collect();
            assert_eq!(more, [("insert_for_subject", 2)], "all others take one");
        }
    }
}

async fn sign_ins_that_end_each_others_sessions_all_come_to_an_end<D: Database>(server: &D) {
    let url = server.fresh().await;
    let nodes = [D::open(&url).await, D::open(&url).await];
    let cap = Cap { sessions_max: 2.try_into().unwrap(), policy: CapPolicy::EvictOldest };
    let tasks = (0..8_u32).map(|client| {
        let store = nodes[client as usize % 2].clone();
        tokio::spawn(async move {
            let name = ["alice", "bob"][client as usize / 2 % 2];
            for round in 0..25 {
                match round % 5 {
                    4 => drop(store.revoke_subject(&subject(name), None).await?),
                    3 => drop(store.purge(Timestamp::MAX, 3).await?),
                    _ => {
                        let fence = store.fence(&subject(name)).await?;
                        let _ = sign_in_under(&store, client * 100 + round, name, fence, Some(cap)).await;
                        let seen = Timestamp::from_millis(u64::from(round) + 2);
                        let touch = Touch { last_seen_at: seen, expires_at: Timestamp::MAX };
                        let _ = store.touch(id(client * 100 + round), touch).await?;
                    }
                }
            }
            Ok::<_, StoreError>(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    for name in ["alice", "bob"] {
        assert!(nodes[0].list(&subject(name)).await.unwrap().len() <= 2);
    }
}

async fn callers_that_give_up_leave_no_transaction_behind<D: Database>(server: &D) {
    let url = server.fresh().await;
    let store = D::open(&url).await;
    let mut given_up = Vec::new();
    for number in 0..200 {
        let store = store.clone();
        let caller = tokio::spawn(async move { sign_in(&store, number, "alice").await });
        for _ in 0..number % 23 {
            tokio::task::yield_now().await;
        }
        caller.abort();
        given_up.push(caller);
    }
    for caller in given_up {
        let _ = caller.await;
    }
    // Behind all that was begun.
    let ended = store.revoke_subject(&subject("alice"), None).await.unwrap();
    assert!(ended.len() <= 200);
    assert_eq!(store.list(&subject("alice")).await.unwrap(), []);
    sign_in(&store, 1000, "alice").await;
}

async fn a_database_that_does_not_exist_is_said_to_be_missing<D: Database>(server: &D) {
    let url = server.fresh().await;
    let (before, _) = url.rsplit_once('/').unwrap();
    let error = D::open_with(&format!("{before}/nowhere"), D::options()).await.unwrap_err();
    assert!(matches!(error.trouble(), ConnectTrouble::NoDatabase { .. }), "{error:?}");
    let nobody = format!("{}9/nowhere", before.trim_end_matches(|digit: char| digit.is_ascii_digit()));
    let error = D::open_with(&nobody, D::options()).await.unwrap_err();
    assert!(matches!(error.trouble(), ConnectTrouble::Unreachable { .. }), "{error:?}");
}

async fn no_text_of_a_store_shows_its_password<D: Database>(server: &D) {
    let url = server.fresh().await.replacen('@', ":hunter2@", 1);
    let told = match D::open_with(&url, D::options()).await {
        Ok(store) => format!("{store:?}"),
        // MariaDB knows that this is not the password.
        Err(error) => {
            assert!(matches!(error.trouble(), ConnectTrouble::Denied { .. }), "{error:?}");
            let source = std::error::Error::source(&error).unwrap();
            format!("{error} {error:?} {source} {source:?}")
        }
    };
    assert!(!told.contains("hunter2"), "{told}");
    assert!(told.contains("127.0.0.1"), "{told}");
}

async fn a_killed_server_is_an_error_at_once_and_loses_nothing_that_was_answered<D: Database>(mut server: D) {
    let url = server.fresh().await;
    let store = D::open(&url).await;
    for number in 0..20 {
        put(&store, number, 1000).await;
    }
    for number in 0..10 {
        assert_eq!(store.revoke(id(number)).await.unwrap(), Revoked::Done);
    }
    server.kill();
    for _ in 0..3 {
        assert_eq!(store.load(id(10)).await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(store.revoke(id(10)).await.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    server.restart();
    for number in 0..20 {
        assert_eq!(store.load(id(number)).await.unwrap().is_some(), number >= 10, "{number}");
    }
    assert_eq!(store.revoke(id(10)).await.unwrap(), Revoked::Done);
    sign_in(&store, 100, "alice").await;

    // Nobody asks while it is away: a look-up and a list notice nothing.
    server.kill();
    server.restart();
    assert!(store.load(id(11)).await.unwrap().is_some());
    server.kill();
    server.restart();
    assert_eq!(store.list(&subject("alice")).await.unwrap().len(), 1);
}

async fn a_silent_server_is_an_error_in_time<D: Database>(server: D) {
    let url = server.fresh().await;
    let store = D::open_with(&url, impatient::<D>()).await.unwrap();
    put(&store, 1, 1000).await;
    assert!(store.load(id(1)).await.unwrap().is_some());
    server.pause();
    // Far more than the store's patience, for a machine that has much else to do.
    let bound = 20 * PATIENCE;
    for _ in 0..2 {
        let loaded = tokio::time::timeout(bound, store.load(id(1))).await.unwrap();
        assert_eq!(loaded.unwrap_err().kind(), ErrorKind::TimedOut);
        let revoked = tokio::time::timeout(bound, store.revoke(id(2))).await.unwrap();
        assert_eq!(revoked.unwrap_err().kind(), ErrorKind::TimedOut);
    }
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.load(id(1)).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
    }
    let error = D::open_with(&url, impatient::<D>()).await.unwrap_err();
    assert!(matches!(error.trouble(), ConnectTrouble::TimedOut), "{error:?}");
    server.resume();
    assert!(store.load(id(1)).await.unwrap().is_some());
    put(&store, 3, 1000).await;
}

async fn a_server_that_takes_no_writes_is_an_error_and_can_be_read<D: Database>(server: D) {
    let url = server.fresh().await;
    put(&D::open(&url).await, 1, 1000).await;
    let store = D::open(&server.for_reading(&url).await).await;
    assert!(store.load(id(1)).await.unwrap().is_some());
    let row = row(1000);
    let insert = Insert { id: id(2), row: &row, replaces: None };
    let alice = subject("alice");
    let errors = [
        store.insert(insert).await.map(drop),
        store.replace(id(1), Version::FIRST, &row).await.map(drop),
        store
            .touch(id(1), Touch { last_seen_at: Timestamp::MAX, expires_at: Timestamp::MAX })
            .await
            .map(drop),
        store.revoke(id(1)).await.map(drop),
        store.purge(Timestamp::MAX, 10).await.map(drop),
        store.revoke_subject(&alice, None).await.map(drop),
        store.revoke_everyone().await.map(drop),
    ];
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert!(store.load(id(1)).await.unwrap().is_some(), "nothing of it had an effect");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_need_not_wait_for_its_disk_waits_for_all_but_touches() {
    const TOUCHED: Touch =
        Touch { last_seen_at: Timestamp::from_millis(7), expires_at: Timestamp::from_millis(7000) };
    // Nobody but a commit that waits writes the log within the test.
    let more = [("synchronous_commit", "off"), ("wal_writer_delay", "10000"), ("autovacuum", "off")];
    let more = more.map(|(name, value)| (name, value.to_owned())).to_vec();
    let mut server = Postgres::start(&PostgresSettings { more, ..PostgresSettings::default() }).unwrap();
    let url = server.fresh().await;
    let store = PostgresStore::open(&url).await.unwrap();
    for number in 0..20 {
        put(&store, number, 1000).await;
        sign_in(&store, 100 + number, "alice").await;
    }
    for number in 0..10 {
        assert_eq!(store.revoke(id(number)).await.unwrap(), Revoked::Done);
    }
    assert_eq!(store.revoke_subject(&subject("alice"), None).await.unwrap().len(), 20);
    assert_eq!(store.touch(id(15), TOUCHED).await.unwrap(), Touched::Done);
    let behind = "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()";
    assert_eq!(Postgres::query(&url, behind).await, [[Some("t".to_owned())]]);
    server.kill();
    server.restart();
    for number in 0..20 {
        assert_eq!(store.load(id(number)).await.unwrap().is_some(), number >= 10, "{number}");
    }
    assert_eq!(store.list(&subject("alice")).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loses_commits_is_refused_unless_that_is_accepted() {
    let more = vec!["--innodb-flush-log-at-trx-commit=2".to_owned()];
    let server = MariaDb::start(&MariaDbSettings { more, ..MariaDbSettings::default() }).unwrap();
    let url = server.fresh().await;
    let error = MySqlStore::open(&url).await.unwrap_err();
    let right = "its innodb_flush_log_at_trx_commit is 2, so that a crash undoes sign-outs; set it to 1";
    assert!(error.to_string().contains(right), "{error}");
    MySqlStore::open_with(&url, ServerOptions::default().insecure_with_lossy_commits()).await.unwrap();

    let settings = PostgresSettings { fsync: false, ..PostgresSettings::default() };
    let url = Postgres::start(&settings).map(|server| (server.url("postgres"), server)).unwrap();
    let error = PostgresStore::open(&url.0).await.unwrap_err();
    assert!(error.to_string().contains("its fsync is off"), "{error}");
}
