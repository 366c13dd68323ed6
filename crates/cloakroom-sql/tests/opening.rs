//! Opening a file: what is made, what is refused, and what two that do so at once do to each other.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::Path;

use cloakroom_core::store::{Insert, Inserted, Row, RowBody, Store};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_sql::{OpenError, OpenTrouble, SqliteStore};
use rusqlite::Connection;
use tempfile::tempdir;

fn id(number: u8) -> SessionId {
    SessionId::from_octets([number; SessionId::LEN])
}

fn row() -> Row {
    Row {
        subject: Some(Subject::new("alice").unwrap()),
        created_at: Timestamp::from_millis(1_700_000_000_000),
        last_seen_at: Timestamp::from_millis(1_700_000_060_000),
        expires_at: Timestamp::from_millis(1_700_003_600_000),
        address: Some("192.0.2.17".parse().unwrap()),
        body: RowBody::from_slice(b"body"),
    }
}

fn insert(row: &Row, number: u8) -> Insert<'_> {
    Insert { id: id(number), row, replaces: None }
}

/// The error of opening this, once it has been seen to name the file.
fn error(path: &Path) -> OpenError {
    let error = SqliteStore::open_blocking(path).unwrap_err();
    assert_eq!(error.path(), path);
    assert!(error.to_string().starts_with(path.to_str().unwrap()), "{error}");
    error
}

/// Whether opening fails like this.
macro_rules! assert_refused {
    ($path:expr, $trouble:pat) => {
        let error = error($path);
        assert!(matches!(error.trouble(), $trouble), "{error}: {error:?}");
    };
}

#[tokio::test]
async fn a_new_file_and_its_log_are_for_their_owner_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.insert(insert(&row(), 1)).await.unwrap(), Inserted::Done);
    #[cfg(unix)]
    for name in ["cloakroom.db", "cloakroom.db-wal", "cloakroom.db-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_with_everything_in_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.insert(insert(&row(), 1)).await.unwrap(), Inserted::Done);
    drop(store);
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["cloakroom.db"]);
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.load(id(1)).await.unwrap().unwrap().row, row());
    assert_eq!(store.rows().await.unwrap(), 1);
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_person_reads_the_file_with_plain_sql() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.insert(insert(&row(), 0xa5)).await.unwrap(), Inserted::Done);

    let person = Connection::open(&path).unwrap();
    let line: (String, String, String, String, String, String, i64, i64) = person
        .query_row("SELECT * FROM sessions_readable", (), |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?,
            ))
        })
        .unwrap();
    let expected = (
        "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5".to_owned(),
        "alice".to_owned(),
        "2023-11-14 22:13:20".to_owned(),
        "2023-11-14 22:14:20".to_owned(),
        "2023-11-14 23:13:20".to_owned(),
        "192.0.2.17".to_owned(),
        1,
        4,
    );
    assert_eq!(line, expected);
    let schema: String = person
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'sessions'", (), |row| row.get(0))
        .unwrap();
    assert!(schema.contains("milliseconds since 1970"), "{schema}");
    let id: i32 = person.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    assert_eq!(id.to_be_bytes(), *b"clkr");
}

#[test]
fn what_cannot_be_opened_says_which_file_and_what_would_be_right() {
    let folder = tempdir().unwrap();
    assert_refused!(&folder.path().join("missing/cloakroom.db"), OpenTrouble::FolderMissing);

    assert_refused!(folder.path(), OpenTrouble::NotAFile);

    let file = folder.path().join("notes.txt");
    fs::write(&file, "nothing but text, and more of it than a header has\n".repeat(100)).unwrap();
    assert_refused!(&file, OpenTrouble::NotADatabase);
    assert!(fs::read_to_string(&file).unwrap().starts_with("nothing but text"), "it is left as it was");

    assert_refused!(&file.join("cloakroom.db"), OpenTrouble::FolderMissing);
}

#[test]
fn the_database_of_another_program_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    Connection::open(&path).unwrap().pragma_update(None, "application_id", 0x1234_5678).unwrap();
    assert_refused!(&path, OpenTrouble::Foreign { application_id: 0x1234_5678 });
}

#[test]
fn a_file_of_a_newer_release_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    drop(SqliteStore::open_blocking(&path).unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.execute("INSERT INTO cloakroom_migrations VALUES ('sessions', 99)", ()).unwrap();
    assert_refused!(&path, OpenTrouble::Newer { found: 99, known: 1 });
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cloakroom.db");
    drop(SqliteStore::open_blocking(&path).unwrap());
    let mut octets = fs::read(&path).unwrap();
    // The header stays; the rest of the first page, where SQLite keeps the schema, does not.
    octets[100..4096].fill(0xa5);
    fs::write(&path, octets).unwrap();
    assert_refused!(&path, OpenTrouble::Corrupt { .. });
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told_apart_from_a_missing_one() {
    // Nobody can make a file there, not even root.
    assert_refused!(
        Path::new("/proc/self/fdinfo/cloakroom.db"),
        OpenTrouble::NotWritable { .. } | OpenTrouble::FolderMissing
    );
}

#[test]
fn many_that_make_one_file_at_once_all_succeed() {
    for _ in 0..5 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("cloakroom.db");
        std::thread::scope(|scope| {
            let opening: Vec<_> =
                (0..8).map(|_| scope.spawn(|| SqliteStore::open_blocking(&path).unwrap())).collect();
            for thread in opening {
                drop(thread.join().unwrap());
            }
        });
    }
}

#[tokio::test]
async fn tables_of_the_application_share_the_file_and_stay_as_they_are() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("app.db");
    let application = Connection::open(&path).unwrap();
    application.execute_batch("CREATE TABLE carts (id INTEGER); INSERT INTO carts VALUES (7)").unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.insert(insert(&row(), 1)).await.unwrap(), Inserted::Done);
    let cart: i64 = application.query_row("SELECT id FROM carts", (), |row| row.get(0)).unwrap();
    assert_eq!(cart, 7);
}
