//! What reads, writers in other processes and a full disk do to a store, and it to them.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cloakroom_core::store::{ErrorKind, Insert, Inserted, Row, RowBody, Store, Touch, Touched};
use cloakroom_core::{SessionId, Timestamp};
use cloakroom_sql::SqliteStore;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

struct Scene {
    store: SqliteStore,
    path: PathBuf,
    _folder: TempDir,
}

async fn scene() -> Scene {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    let store = SqliteStore::open(&path).await.unwrap();
    Scene { store, path, _folder: folder }
}

fn id(number: u16) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    octets[..2].copy_from_slice(&number.to_be_bytes());
    SessionId::from_octets(octets)
}

fn row(expires_at: u64) -> Row {
    Row {
        subject: None,
        created_at: Timestamp::from_millis(1),
        last_seen_at: Timestamp::from_millis(1),
        expires_at: Timestamp::from_millis(expires_at),
        address: None,
        body: RowBody::new(),
    }
}

async fn put(store: &SqliteStore, number: u16, expires_at: u64) {
    let insert = Insert { id: id(number), row: &row(expires_at), replaces: None };
    assert_eq!(store.insert(insert).await.unwrap(), Inserted::Done);
}

/// Length and time of the last write of the file and its log.
fn on_disk(path: &Path) -> [(u64, SystemTime); 2] {
    [path.to_owned(), path.with_extension("db-wal")].map(|file| {
        let metadata = file.metadata().unwrap();
        (metadata.len(), metadata.modified().unwrap())
    })
}

#[tokio::test]
async fn a_thousand_reads_write_nothing_to_the_disk() {
    let Scene { store, path, _folder } = scene().await;
    put(&store, 1, 100).await;
    let before = on_disk(&path);
    for _ in 0..1000 {
        assert!(store.load(id(1)).await.unwrap().is_some());
    }
    assert_eq!(on_disk(&path), before);
}

#[tokio::test]
async fn a_touch_that_moves_nothing_writes_nothing_to_the_disk() {
    let Scene { store, path, _folder } = scene().await;
    put(&store, 1, 100).await;
    let touch = Touch { last_seen_at: Timestamp::from_millis(2), expires_at: Timestamp::from_millis(200) };
    assert_eq!(store.touch(id(1), touch).await.unwrap(), Touched::Done);
    let before = on_disk(&path);
    assert_eq!(store.touch(id(1), touch).await.unwrap(), Touched::Done);
    store.ping().await.unwrap();
    assert_eq!(on_disk(&path), before);
}

#[tokio::test]
async fn reads_go_on_while_another_process_writes() {
    let Scene { store, path, _folder } = scene().await;
    put(&store, 1, 100).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE; DELETE FROM sessions").unwrap();
    assert!(store.load(id(1)).await.unwrap().is_some(), "the other has not committed");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.load(id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_write_waits_for_another_process_and_is_done() {
    let Scene { store, path, _folder } = scene().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM sessions").unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { put(&store, 1, 100).await }
    });
    // One that is certainly behind the waiting one cannot be done while the lock is held.
    tokio::task::yield_now().await;
    other.execute_batch("COMMIT").unwrap();
    waiting.await.unwrap();
    assert_eq!(store.rows().await.unwrap(), 1);
}

#[tokio::test]
async fn a_write_that_waits_in_vain_is_an_error_that_may_pass() {
    let Scene { store, path, _folder } = scene().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.insert(Insert { id: id(1), row: &row(100), replaces: None }).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "insert"));
    assert!(error.may_pass());
    other.execute_batch("ROLLBACK").unwrap();
    put(&store, 1, 100).await;
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_ours_is_reported_as_corrupt_and_harms_no_other() {
    let Scene { store, path, _folder } = scene().await;
    put(&store, 1, 100).await;
    put(&store, 2, 100).await;
    let person = Connection::open(&path).unwrap();
    person.execute("UPDATE sessions SET address = 'home' WHERE id = ?1", [id(1).as_octets()]).unwrap();
    assert_eq!(store.load(id(1)).await.unwrap_err().kind(), ErrorKind::Corrupt);
    assert!(store.load(id(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_purge_of_everything_gives_the_room_back_to_the_file_system() {
    let Scene { store, path, _folder } = scene().await;
    let body = RowBody::from_elem(7, 16 << 10);
    for number in 0..1000 {
        let row = Row { body: body.clone(), ..row(100) };
        let insert = Insert { id: id(number), row: &row, replaces: None };
        assert_eq!(store.insert(insert).await.unwrap(), Inserted::Done);
    }
    assert_eq!(store.purge(Timestamp::from_millis(100), 10_000).await.unwrap(), 1000);
    drop(store);
    let kept = path.metadata().unwrap().len();
    assert!(kept < 6 << 20, "of 16 MiB, {kept} octets are left");
}

#[tokio::test]
async fn the_log_stays_short_under_a_load_that_never_pauses() {
    let Scene { store, path, _folder } = scene().await;
    let writing = (0..4).map(|client: u16| {
        let store = store.clone();
        tokio::spawn(async move {
            let row = Row { body: RowBody::from_elem(7, 60_000), ..row(100) };
            for number in 0..400 {
                let insert = Insert { id: id(client * 400 + number), row: &row, replaces: None };
                assert_eq!(store.insert(insert).await.unwrap(), Inserted::Done);
            }
        })
    });
    for client in writing.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let log = path.with_extension("db-wal").metadata().unwrap().len();
    assert!(log < 32 << 20, "of 96 MB that were written, the log has {log} octets");
}
