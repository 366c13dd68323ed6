//! How real servers carry out the statements: by an index, whatever the size of the tables.

use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::dialect::{MYSQL, POSTGRES, Purge};
use super::options::ServerOptions;
use super::search::{ALL, FROM_ADDRESS, IN_NETWORK, OF_SUBJECT};
use super::statements::{LIST, LIVE, LOAD, PAGE, REPLACE, REVOKE, TAKE_LIVE};
use super::stores::{MySqlStore, PostgresStore};

const ID: &str = "'\\x00112233445566778899aabbccddeeff'";
/// One that is there, without which MariaDB plans nothing.
const HEX_ID: &str = "x'c4ca4238a0b923820dcc509a6f75849b'";

/// The plan of a statement as PostgreSQL makes it once for all parameters; `arguments` are in the order of their numbers.
async fn postgres_plan(client: &tokio_postgres::Client, statement: &str, arguments: &str) -> String {
    let text = format!("PREPARE asked AS {statement}; EXPLAIN EXECUTE asked ({arguments}); DEALLOCATE asked");
    let messages = client.simple_query(&text).await.expect("the statement can be planned");
    let lines = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_finds_sessions_by_their_indexes() {
    let server = Postgres::start(&PostgresSettings { fsync: false, ..PostgresSettings::default() }).unwrap();
    let url = server.url("postgres");
    let options = ServerOptions::default().insecure_with_lossy_commits();
    let store = PostgresStore::open_with(&url, options).await.unwrap();
    store.index_for_search().await.unwrap();
    store.index_for_search().await.unwrap();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(
            "INSERT INTO cloakroom_sessions
                SELECT decode(md5(i::text), 'hex'), 'user ' || i % 2000, i, i, i, '192.0.2.' || i % 200, 1, ''
                FROM generate_series(1, 20000) AS i;
            ANALYZE cloakroom_sessions;
            SET plan_cache_mode = force_generic_plan",
        )
        .await
        .unwrap();

    let Purge::AtOnce(purge) = POSTGRES.purge else { panic!("PostgreSQL purges at once") };
    let row = "'alice', 1, 1, 1, NULL, ''";
    // An operation has more numbers than a statement of it; only the driver closes the gaps.
    let live = |statement: &str| {
        statement.replace("$4", "$2").replace("$5", "$3").replace("id <> $1", "id <> $1::bytea")
    };
    let revoke = POSTGRES.revoke_subject[3].replace("$2", "$1").replace("$3", "$2");
    let by_id = "cloakroom_sessions_pkey";
    let by_subject = "cloakroom_sessions_by_subject";
    for (statement, arguments, index) in [
        (LOAD, ID, by_id),
        (REPLACE, &format!("{ID}, {row}, 1"), by_id),
        (REVOKE, ID, by_id),
        (POSTGRES.touch, &format!("{ID}, 1, 2"), by_id),
        (PAGE, &format!("{ID}, 10"), by_id),
        (LIST, "'alice'", by_subject),
        (&live(LIVE), &format!("{ID}, 'alice', 1"), by_subject),
        (&live(TAKE_LIVE), &format!("{ID}, 'alice', 1"), by_subject),
        (&revoke, &format!("'alice', {ID}"), by_subject),
        (purge, "1, 10", "cloakroom_sessions_by_expiry"),
        (ALL, &format!("20000, {ID}, 1, 10"), "cloakroom_sessions_by_creation"),
        (OF_SUBJECT, &format!("20000, {ID}, 1, 10, 'alice'"), by_subject),
        (FROM_ADDRESS, &format!("20000, {ID}, 1, 10, '192.0.2.7'"), "cloakroom_sessions_by_address"),
        (IN_NETWORK, "'192.0.2.', '192.0.2/', 10", "Backward using cloakroom_sessions_by_address"),
    ] {
        let plan = postgres_plan(&client, statement, arguments).await;
        assert!(plan.contains(index), "{statement}:\n{plan}");
        assert!(!plan.contains("Seq Scan on cloakroom_sessions"), "{statement}:\n{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_finds_sessions_by_their_indexes() {
    let server = MariaDb::start(&MariaDbSettings { fsync: false, ..MariaDbSettings::default() }).unwrap();
    let mut administrator = Conn::new(Opts::from_url(&server.url("mysql")).unwrap()).await.unwrap();
    administrator.query_drop("CREATE DATABASE sessions").await.unwrap();
    let url = server.url("sessions");
    let store = MySqlStore::open(&url).await.unwrap();
    store.index_for_search().await.unwrap();
    store.index_for_search().await.unwrap();
    let mut client = Conn::new(Opts::from_url(&url).unwrap()).await.unwrap();
    client
        .query_drop(
            "INSERT INTO cloakroom_sessions
                SELECT unhex(md5(seq)), concat('user ', seq % 2000), seq, seq, seq, concat('192.0.2.', seq % 200), 1, ''
                FROM seq_1_to_20000;
            ANALYZE TABLE cloakroom_sessions",
        )
        .await
        .unwrap();

    let Purge::ById { due, remove } = MYSQL.purge else { panic!("MySQL purges by ID") };
    let [find, end] = [5, 6].map(|place| MYSQL.revoke_subject[place]);
    let by_subject = "cloakroom_sessions_by_subject";
    for (statement, values, index) in [
        (LOAD, [HEX_ID].as_slice(), "PRIMARY"),
        (REPLACE, &[HEX_ID, "'alice'", "1", "1", "1", "NULL", "''", "1"], "PRIMARY"),
        (REVOKE, &[HEX_ID], "PRIMARY"),
        (MYSQL.touch, &[HEX_ID, "1", "2"], "PRIMARY"),
        (PAGE, &[HEX_ID, "10"], "PRIMARY"),
        (remove, &["1", "10", &format!("({HEX_ID}, x'01')")], "PRIMARY"),
        (LIST, &["x'616c696365'"], by_subject),
        (LIVE, &[HEX_ID, "1", "1", "x'616c696365'", "1"], by_subject),
        (TAKE_LIVE, &[HEX_ID, "1", "1", "x'616c696365'", "1"], by_subject),
        (find, &["1", "x'616c696365'", "x''"], by_subject),
        (end, &["1", "x'616c696365'", "x''"], by_subject),
        (due, &["1", "10"], "cloakroom_sessions_by_expiry"),
        (ALL, &["100", HEX_ID, "1", "10"], "cloakroom_sessions_by_creation"),
        (OF_SUBJECT, &["100", HEX_ID, "1", "10", "x'616c696365'"], by_subject),
        (FROM_ADDRESS, &["100", HEX_ID, "1", "10", "'192.0.2.7'"], "cloakroom_sessions_by_address"),
        (IN_NETWORK, &["'192.0.2.'", "'192.0.2/'", "10"], "cloakroom_sessions_by_address"),
    ] {
        let mut asked = format!("EXPLAIN {statement}");
        for (number, value) in (1..).zip(values) {
            asked = asked.replace(&format!("${number}"), value);
        }
        let plan: Vec<Row> = client.query(&asked).await.expect("the statement can be planned");
        let keys: Vec<Option<String>> = plan.iter().map(|row| row.get("key").unwrap()).collect();
        assert_eq!(keys, [Some(index.to_owned())], "{asked}");
    }
}
