//! A file, its store, and sessions with numbers.

use std::path::PathBuf;

use cloakroom_core::store::{Insert, Inserted, Loaded, Row, RowBody, Store};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_sql::SqliteStore;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

pub(crate) struct Scene {
    pub(crate) store: SqliteStore,
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl Scene {
    /// With sessions of these numbers, all of which are in memory.
    pub(crate) async fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let folder = tempdir().unwrap();
        let path = folder.path().join("sessions.db");
        let scene = Self { store: SqliteStore::open(&path).await.unwrap(), path, _folder: folder };
        for number in numbers {
            scene.put(number).await;
            scene.learn(number).await;
        }
        scene
    }

    pub(crate) async fn put(&self, number: u64) {
        let insert = Insert { id: id(number), row: &row(), replaces: None };
        assert_eq!(self.store.insert(insert).await.unwrap(), Inserted::Done);
    }

    /// Reads a session, so that it is in memory from now on.
    pub(crate) async fn learn(&self, number: u64) {
        let loaded = self.store.load(id(number)).await.unwrap().unwrap();
        assert_eq!(self.remembered(number), Some(loaded));
    }

    pub(crate) fn remembered(&self, number: u64) -> Option<Loaded> {
        from_memory(&self.store, number)
    }

    pub(crate) fn stranger(&self) -> Connection {
        let connection = Connection::open(&self.path).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        connection
    }
}

pub(crate) fn from_memory(store: &SqliteStore, number: u64) -> Option<Loaded> {
    store
        .load_now(id(number))
        .map(|answer| answer.unwrap().expect("that there is none is never said from memory"))
}

pub(crate) fn id(number: u64) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    octets[0] = number.to_le_bytes()[0];
    octets[8..].copy_from_slice(&number.to_be_bytes());
    SessionId::from_octets(octets)
}

pub(crate) fn subject() -> Subject {
    Subject::new("alice").unwrap()
}

pub(crate) fn row() -> Row {
    Row {
        subject: Some(subject()),
        created_at: Timestamp::from_millis(1),
        last_seen_at: Timestamp::from_millis(1),
        expires_at: Timestamp::from_millis(100),
        address: None,
        body: RowBody::from_slice(b"a body"),
    }
}
