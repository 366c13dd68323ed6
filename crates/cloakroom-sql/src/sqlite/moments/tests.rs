//! Transactions and strangers in every order that needs no luck to come about.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use super::*;

/// A file, our connection that writes, and what is known of both.
struct Scene {
    ours: Connection,
    pages: Arc<AtomicU32>,
    moments: Moments,
    path: PathBuf,
    _folder: TempDir,
}

const OURS: i64 = 1;
const OTHER: i64 = 2;

impl Scene {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut ours = Connection::open(&path).unwrap();
        ours.pragma_update(None, "journal_mode", "WAL").unwrap();
        ours.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
        ours.execute_batch("CREATE TABLE t (n)").unwrap();
        let pages = Arc::new(AtomicU32::new(0));
        let hooked = Arc::clone(&pages);
        ours.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            hooked.store(u32::try_from(pages).unwrap(), Ordering::Relaxed);
            Ok(())
        }))
        .unwrap();
        let moments = Moments::new(WalIndex::open(&path).unwrap());
        let scene = Self { ours, pages, moments, path, _folder: folder };
        assert!(scene.moments.now().is_none(), "no commit of ours was seen in the head");
        scene.transaction("INSERT INTO t VALUES (0)", || ());
        scene
    }

    fn stranger(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    /// A transaction of ours that writes the row [`OURS`]; something else happens before it is looked at.
    fn transaction(&self, act: &str, before_its_end: impl FnOnce()) {
        self.ours.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.moments.begin();
        self.moments.wrote("sessions", OURS);
        self.pages.store(0, Ordering::Relaxed);
        self.ours.execute_batch(act).unwrap();
        self.ours.execute_batch("COMMIT").unwrap();
        let pages = self.pages.load(Ordering::Relaxed);
        before_its_end();
        self.moments.end((pages > 0).then_some(pages));
    }

    fn read(&self) -> ReadAt {
        self.moments.now().unwrap().reading()
    }

    /// Of a row of ours and of another that were read then, which is what it was; `None` when that is not known.
    fn are_same(&self, read_at: ReadAt) -> Option<[bool; 2]> {
        let now = self.moments.now()?;
        Some([OURS, OTHER].map(|row| self.moments.is_same(row, read_at, now)))
    }
}

const INSERT: &str = "INSERT INTO t VALUES (1)";

#[test]
fn a_transaction_of_ours_changes_the_rows_that_it_wrote_and_no_others() {
    let scene = Scene::new();
    let read_at = scene.read();
    assert_eq!(scene.are_same(read_at), Some([true, true]));
    scene.transaction(INSERT, || {
        assert_eq!(scene.are_same(read_at), None, "it is committed and not looked at");
    });
    assert_eq!(scene.are_same(read_at), Some([false, true]));
    assert_eq!(scene.are_same(scene.read()), Some([true, true]));
}

#[test]
fn a_transaction_that_wrote_nothing_leaves_all_others_as_they_were() {
    let scene = Scene::new();
    let read_at = scene.read();
    scene.transaction("", || ());
    assert_eq!(scene.are_same(read_at), Some([false, true]));
}

#[test]
fn what_is_read_while_our_transaction_is_under_way_may_be_from_before_it() {
    let scene = Scene::new();
    scene.ours.execute_batch("BEGIN IMMEDIATE").unwrap();
    scene.moments.begin();
    let read_at = scene.read();
    scene.moments.wrote("sessions", OURS);
    let later = scene.read();
    scene.ours.execute_batch(INSERT).unwrap();
    scene.ours.execute_batch("COMMIT").unwrap();
    scene.moments.end(Some(scene.pages.load(Ordering::Relaxed)));
    assert_eq!([read_at, later].map(|at| scene.are_same(at)), [Some([false, true]); 2]);
}

#[test]
fn a_stranger_between_our_commit_and_the_look_at_it_changes_everything() {
    for ours in ["", INSERT] {
        let scene = Scene::new();
        let read_at = scene.read();
        scene.transaction(ours, || scene.stranger().execute_batch(INSERT).unwrap());
        assert_eq!(scene.are_same(read_at), Some([false, false]), "{ours}");
        assert_eq!(scene.are_same(scene.read()), Some([true, true]), "{ours}");
    }
}

#[test]
fn a_stranger_before_our_transaction_changes_everything_whether_or_not_somebody_looked() {
    let scene = Scene::new();
    for look in [false, true] {
        let read_at = scene.read();
        scene.stranger().execute_batch(INSERT).unwrap();
        if look {
            assert_eq!(scene.are_same(read_at), Some([false, false]));
        }
        scene.transaction(INSERT, || ());
        assert_eq!(scene.are_same(read_at), Some([false, false]));
    }
}

#[test]
fn a_log_that_begins_anew_changes_everything() {
    let scene = Scene::new();
    let read_at = scene.read();
    scene.stranger().query_row("PRAGMA wal_checkpoint(RESTART)", (), |_| Ok(())).unwrap();
    scene.transaction(INSERT, || ());
    assert_eq!(scene.are_same(read_at), Some([false, false]));
    assert_eq!(scene.are_same(scene.read()), Some([true, true]));
}

#[test]
fn many_revocations_at_once_change_everything_when_they_are_committed() {
    let scene = Scene::new();
    let read_at = scene.read();
    scene.transaction(INSERT, || scene.moments.wrote("revocations", 1));
    assert_eq!(scene.are_same(read_at), Some([false, false]));
}

#[test]
fn an_index_that_does_not_show_our_commits_is_not_believed() {
    let (scene, other) = (Scene::new(), Scene::new());
    // As if the file beside the database were another than the one that SQLite has in memory.
    let moments = &other.moments;
    assert!(moments.now().is_some());
    scene.ours.execute_batch("BEGIN IMMEDIATE").unwrap();
    moments.begin();
    scene.ours.execute_batch(INSERT).unwrap();
    scene.ours.execute_batch("COMMIT").unwrap();
    moments.end(Some(scene.pages.load(Ordering::Relaxed)));
    assert!(moments.now().is_none());
}
