//! The accounts' tables and how a file of an older version becomes one of this.

use rusqlite::{Connection, TransactionBehavior};

use crate::accounts::AccountsError;

/// One statement batch for each version, the oldest first. A released one is never changed.
///
/// Times are milliseconds since 1970 in UTC; the view shows them as text.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE users (
        id                     TEXT    NOT NULL PRIMARY KEY,
        name                   TEXT    NOT NULL UNIQUE,
        name_as_typed          TEXT    NOT NULL,
        role                   TEXT    NOT NULL CHECK (role IN ('member', 'administrator')),
        password_hash          TEXT    NOT NULL,
        password_changed_at_ms INTEGER NOT NULL,
        created_at_ms          INTEGER NOT NULL,
        disabled_at_ms         INTEGER
    ) STRICT;

    CREATE TABLE setup_links (
        token_sha256  BLOB    NOT NULL PRIMARY KEY,
        expires_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE VIEW users_readable AS
        SELECT name, role, id,
               datetime(created_at_ms / 1000, 'unixepoch')          AS created_utc,
               datetime(password_changed_at_ms / 1000, 'unixepoch') AS password_changed_utc,
               datetime(disabled_at_ms / 1000, 'unixepoch')         AS disabled_utc
        FROM users ORDER BY name;
"];

/// Brings the accounts' tables to the newest version, all or nothing.
///
/// The immediate transaction lets one of several processes that start together do it alone.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), AccountsError> {
    let failed = |source| AccountsError::Statement { operation: "bring their tables up to date", source };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    transaction
        .execute_batch("CREATE TABLE IF NOT EXISTS accounts_schema (version INTEGER NOT NULL) STRICT")
        .map_err(failed)?;
    let found: u32 = transaction
        .query_row("SELECT coalesce(max(version), 0) FROM accounts_schema", (), |row| row.get(0))
        .map_err(failed)?;
    let known = u32::try_from(MIGRATIONS.len()).expect("there are few migrations");
    if found > known {
        return Err(AccountsError::Newer { found, known });
    }
    for (version, migration) in (1..).zip(MIGRATIONS).skip(found as usize) {
        transaction.execute_batch(migration).map_err(failed)?;
        transaction.execute("DELETE FROM accounts_schema", ()).map_err(failed)?;
        transaction.execute("INSERT INTO accounts_schema VALUES (?1)", [version]).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_this_version_is_left_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO setup_links VALUES (x'00', 1)", ()).unwrap();
        migrate(&mut connection).unwrap();
        let links: u32 =
            connection.query_row("SELECT count(*) FROM setup_links", (), |row| row.get(0)).unwrap();
        assert_eq!(links, 1);
    }

    #[test]
    fn a_file_of_a_newer_version_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("UPDATE accounts_schema SET version = 99", ()).unwrap();
        assert!(matches!(migrate(&mut connection), Err(AccountsError::Newer { found: 99, known: 1 })));
    }
}
