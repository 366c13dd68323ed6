//! Accounts in an SQLite file.

#![expect(clippy::doc_markdown, reason = "SQLite is a name in a sentence, not code")]

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use cloakroom_gateway::accounts::{Accounts, Profile, Role};
use cloakroom_stores::StoreUrl;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::place::{Place, opened, suite_in};

/// Files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

fn connection(url: &StoreUrl) -> Connection {
    Connection::open(url.file().unwrap()).unwrap()
}

impl Place for Files {
    fn fresh(&self) -> StoreUrl {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}.db", FILES.fetch_add(1, Ordering::Relaxed));
        format!("sqlite:{}", self.0.path().join(name).display()).parse().unwrap()
    }
}

suite_in!(Files::new());

/// A file as it was made before accounts could be on servers.
const OLD: &str = "
    CREATE TABLE accounts_schema (version INTEGER NOT NULL) STRICT;
    INSERT INTO accounts_schema VALUES (1);
    CREATE TABLE users (
        id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, name_as_typed TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('member', 'administrator')), password_hash TEXT NOT NULL,
        password_changed_at_ms INTEGER NOT NULL, created_at_ms INTEGER NOT NULL, disabled_at_ms INTEGER) STRICT;
    CREATE TABLE setup_links (token_sha256 BLOB NOT NULL PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT;
    CREATE VIEW users_readable AS SELECT name, role FROM users ORDER BY name;
    INSERT INTO users VALUES ('01010101010101010101010101010101', 'alice', 'Alice', 'administrator',
        '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        1, 2, NULL);";

#[tokio::test]
async fn the_users_of_a_file_of_an_earlier_release_are_taken_over() {
    let files = Files::new();
    let url = files.fresh();
    connection(&url).execute_batch(OLD).unwrap();
    let accounts = opened(&url).await;
    let users = accounts.list().await.unwrap();
    assert_eq!((users.len(), users[0].name.as_typed(), users[0].role), (1, "Alice", Role::Administrator));
    let alice = accounts.find("alice".parse().unwrap()).await.unwrap().unwrap().user;
    assert_eq!(alice.profile, Profile::default());
    assert!(accounts.set_profile(alice, Profile::default()).await.unwrap().is_some());
    let connection = connection(&url);
    let number = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(number("SELECT count(*) FROM cloakroom_users_readable"), 1);
    assert_eq!(number("SELECT max(version) FROM accounts_schema"), 2, "which the earlier release refuses");
}

#[tokio::test]
async fn a_file_of_accounts_is_for_its_owner_alone() {
    let files = Files::new();
    let url = files.fresh();
    let _accounts = opened(&url).await;
    assert!(is_private(url.file().unwrap()));
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.exists()
}

#[tokio::test]
async fn there_are_no_accounts_where_there_are_no_tables() {
    for url in ["redis://127.0.0.1:1", "memory:", "memcached://127.0.0.1:1"] {
        let error = Accounts::open(&url.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.to_string(), "the accounts cannot be opened");
    }
}
