//! Tables of an application's own keep their promises; `cloakroom-gateway` holds them to more, on servers too.
#![expect(clippy::unwrap_used, reason = "a test")]

use cloakroom_core::store::ErrorKind;
use cloakroom_sql::{Changed, Datum, Part, SqliteStore, TableSchema, Tables};
use tempfile::{TempDir, tempdir};

const SCHEMA: TableSchema = TableSchema {
    component: "fruit",
    sqlite: &[
        "CREATE TABLE fruit (name TEXT NOT NULL UNIQUE, seeds INTEGER CHECK (seeds < 9), peel BLOB) STRICT",
        "INSERT INTO fruit VALUES ('fig', 3, NULL)",
    ],
    postgres: &[],
    mysql: &[],
};

const ALL: &str = "SELECT name, seeds, peel FROM fruit ORDER BY name";
const INSERT: &str = "INSERT INTO fruit VALUES ($2, $1, $3)";
const REMOVE: &str = "DELETE FROM fruit WHERE name = $2";
const TWICE: &[Part] = &[Part::May("DELETE FROM fruit"), Part::Must(INSERT), Part::Must(INSERT)];
const IN_TRUTH: &[Part] = &[Part::May("DELETE FROM fruit WHERE name = 'pear'"), Part::Must(INSERT)];
const IN_VAIN: &[Part] = &[Part::Must(INSERT), Part::Must("DELETE FROM fruit WHERE name = 'pear'")];

async fn scene() -> (TempDir, Tables) {
    let folder = tempdir().unwrap();
    let tables = Tables::open_sqlite(folder.path().join("fruit.db"), &SCHEMA).await.unwrap();
    (folder, tables)
}

fn plum() -> Vec<Datum> {
    vec![Datum::Number(1), Datum::Text("plum".into()), Datum::Octets(vec![0, 255]), Datum::Null]
}

async fn names(tables: &Tables) -> Vec<String> {
    let rows = tables.read("list", ALL, Vec::new()).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn values_are_read_as_they_were_written_whatever_their_order() {
    let (_folder, tables) = scene().await;
    assert_eq!(tables.change("add", &[Part::Must(INSERT)], plum()).await.unwrap(), Changed::Done);
    let rows = tables.read("list", ALL, Vec::new()).await.unwrap();
    let row = |place: usize| (rows[place].text(0), rows[place].number(1), rows[place].octets(2));
    assert_eq!(row(0), (Some("fig"), Some(3), None));
    assert_eq!(row(1), (Some("plum"), Some(1), Some(&[0, 255][..])));
}

#[tokio::test]
async fn a_statement_that_must_write_and_does_not_undoes_those_before_it() {
    let (_folder, tables) = scene().await;
    assert_eq!(tables.change("swap", IN_VAIN, plum()).await.unwrap(), Changed::Undone);
    assert_eq!(names(&tables).await, ["fig"]);
    assert_eq!(tables.change("swap", IN_TRUTH, plum()).await.unwrap(), Changed::Done);
    assert_eq!(names(&tables).await, ["fig", "plum"]);
}

#[tokio::test]
async fn only_a_unique_index_makes_a_duplicate_and_it_leaves_nothing() {
    let (_folder, tables) = scene().await;
    let error = tables.change("add", TWICE, plum()).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Duplicate, "add"));
    assert_eq!(names(&tables).await, ["fig"]);
    let seedy = vec![Datum::Number(9), Datum::Text("apple".into()), Datum::Null];
    let error = tables.change("add", &[Part::Must(INSERT)], seedy).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(tables.change("remove", &[Part::Must(REMOVE)], plum()).await.unwrap(), Changed::Undone);
}

#[tokio::test]
async fn they_live_beside_the_sessions_and_each_has_its_versions() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("both.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let beside = Tables::beside_sqlite(&store, &SCHEMA).await.unwrap();
    drop(store);
    assert_eq!(beside.change("add", &[Part::Must(INSERT)], plum()).await.unwrap(), Changed::Done);
    let alone = Tables::open_sqlite(&path, &SCHEMA).await.unwrap();
    assert_eq!(names(&alone).await, ["fig", "plum"]);
    let older = TableSchema { sqlite: &SCHEMA.sqlite[..1], ..SCHEMA };
    let error = Tables::open_sqlite(&path, &older).await.unwrap_err();
    assert!(error.to_string().contains("of version 2, this release knows 1"), "{error}");
    assert!(SqliteStore::open(&path).await.is_ok());
}
