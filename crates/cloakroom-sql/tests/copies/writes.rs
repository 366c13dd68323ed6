//! One write after the other.

use cloakroom_core::Timestamp;
use cloakroom_core::store::{
    Cap, CapPolicy, ErrorKind, Insert, Seen, Store, SubjectIndex, SubjectInsert, SubjectInserted, Swap,
    Touch, Version,
};
use cloakroom_sql::SqliteStore;

use super::scene::{Scene, id, row, subject};

const TOUCH: Touch =
    Touch { last_seen_at: Timestamp::from_millis(2), expires_at: Timestamp::from_millis(200) };

#[tokio::test]
async fn a_write_of_this_store_ends_the_copy_of_its_row_and_of_no_other() {
    let scene = Scene::of(1..=3).await;
    let Scene { store, .. } = &scene;
    let _ = store.clone().touch(id(1), TOUCH).await.unwrap();
    assert_eq!(scene.remembered(1), None);
    scene.learn(1).await;
    assert_eq!(scene.remembered(1).unwrap().row.last_seen_at, TOUCH.last_seen_at);
    assert_eq!(
        store.replace(id(1), Version::FIRST, &row()).await.unwrap(),
        Swap::Done(Version::FIRST.next())
    );
    assert_eq!(scene.remembered(1), None);
    scene.learn(1).await;
    let seen = Seen { id: id(1), version: Version::FIRST.next() };
    let _ = store.insert(Insert { id: id(4), row: &row(), replaces: Some(seen) }).await.unwrap();
    assert_eq!((scene.remembered(1), scene.remembered(4)), (None, None));
    assert!(store.load(id(1)).await.unwrap().is_none());
    let _ = store.revoke(id(2)).await.unwrap();
    assert_eq!(scene.remembered(2), None);
    // A write that changes nothing, and one that is refused.
    store.ping().await.unwrap();
    let _ = store.replace(id(3), Version::from_number(77), &row()).await.unwrap();
    assert!(scene.remembered(3).is_some());
}

#[tokio::test]
async fn the_end_of_many_sessions_at_once_ends_their_copies() {
    let scene = Scene::of(1..=9).await;
    let Scene { store, .. } = &scene;
    let fence = store.fence(&subject()).await.unwrap();
    let cap = Cap { sessions_max: 9.try_into().unwrap(), policy: CapPolicy::EvictOldest };
    let insert = Insert { id: id(10), row: &row(), replaces: None };
    let insert = SubjectInsert { insert, fence, cap: Some(cap), now: Timestamp::from_millis(1) };
    let SubjectInserted::Done { evicted } = store.insert_for_subject(insert).await.unwrap() else { panic!() };
    assert_eq!(evicted, [id(1)]);
    assert_eq!(scene.remembered(1), None);
    assert!((2..=9).all(|number| scene.remembered(number).is_some()));
    store.revoke_subject(&subject(), Some(id(9))).await.unwrap();
    assert!((1..=10).all(|number| scene.remembered(number).is_none()));
    scene.learn(9).await;
    assert_eq!(store.revoke_everyone().await.unwrap(), 1);
    assert_eq!(scene.remembered(9), None);
    scene.put(11).await;
    scene.learn(11).await;
    assert_eq!(store.purge(Timestamp::from_millis(100), 10).await.unwrap(), 1);
    assert_eq!(scene.remembered(11), None);
}

#[tokio::test]
async fn whatever_a_stranger_does_to_the_file_is_seen_at_once() {
    let scene = Scene::of(1..=3).await;
    let stranger = scene.stranger();
    stranger.execute_batch("BEGIN IMMEDIATE; UPDATE sessions SET version = 7").unwrap();
    assert!(scene.remembered(1).is_some(), "it is not committed");
    stranger.execute_batch("COMMIT").unwrap();
    assert_eq!(scene.remembered(1), None);
    assert_eq!(scene.store.load(id(1)).await.unwrap().unwrap().version, Version::from_number(7));
    for act in [
        "VACUUM",
        "PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM sessions WHERE hex(id) LIKE '01%'",
        "PRAGMA user_version = 9",
        "DELETE FROM sessions",
    ] {
        scene.put(4).await;
        scene.learn(4).await;
        stranger.execute_batch(act).unwrap();
        assert_eq!(scene.remembered(4), None, "{act}");
        let _ = scene.store.revoke(id(4)).await.unwrap();
    }
    assert!(
        stranger.execute_batch("PRAGMA journal_mode = DELETE").is_err(),
        "the log stays while it is used"
    );
}

#[tokio::test]
async fn copies_outlive_a_checkpoint_that_changes_nothing_in_the_index() {
    let scene = Scene::of(1..=3).await;
    scene.stranger().query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(())).unwrap();
    assert!(scene.remembered(1).is_some());
}

#[tokio::test]
async fn two_stores_on_one_file_are_strangers_to_each_other() {
    let scene = Scene::of(1..=2).await;
    let other = SqliteStore::open(&scene.path).await.unwrap();
    let _ = other.revoke(id(1)).await.unwrap();
    assert_eq!((scene.remembered(1), scene.remembered(2)), (None, None));
    scene.learn(2).await;
    drop(other);
    assert!(scene.remembered(2).is_some());
    // The locks of the one are as they were when the other is closed: somebody who opens the file finds it in use, and leaves the log.
    drop(scene.stranger());
    assert!(scene.path.with_extension("db-wal").exists());
    scene.put(3).await;
}

#[tokio::test]
async fn nothing_is_answered_from_memory_before_a_commit_was_seen_in_the_index() {
    let Scene { path, .. } = &Scene::of(1..=1).await;
    let again = SqliteStore::open(path).await.unwrap();
    again.load(id(1)).await.unwrap().unwrap();
    assert!(again.load_now(id(1)).is_none());
    let _ = again.insert(Insert { id: id(2), row: &row(), replaces: None }).await.unwrap();
    again.load(id(1)).await.unwrap().unwrap();
    assert!(again.load_now(id(1)).is_some());
}

/// `SQLite` would go on with the file that it has open. What is answered before anybody has noticed is what a look-up answers, and a write,
/// which looks for the file, answers nothing; nor does anything after it, until the file is back.
#[tokio::test]
async fn of_a_file_that_was_replaced_no_more_is_remembered_than_a_look_up_finds_and_nothing_after_a_write() {
    let scene = Scene::of(1..=2).await;
    let other = Scene::of(3..=3).await;
    let away = scene.path.with_extension("away");
    std::fs::rename(&scene.path, &away).unwrap();
    std::fs::rename(&other.path, &scene.path).unwrap();
    for number in 1..=3 {
        let looked_up = scene.store.load(id(number)).await.unwrap();
        assert_eq!(scene.remembered(number), looked_up);
    }
    let refused = scene.store.replace(id(1), Version::FIRST, &row()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert_eq!(scene.store.load(id(1)).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(scene.remembered(1), None);
    std::fs::rename(&away, &scene.path).unwrap();
    let loaded = scene.store.load(id(1)).await.unwrap().unwrap();
    assert_eq!(loaded.version, Version::FIRST, "the write was not made");
}
