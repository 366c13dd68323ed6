//! What the servers say differently, side by side.
//!
//! | | PostgreSQL | MySQL, MariaDB |
//! |---|---|---|
//! | octets | `bytea` | `binary(16)`, `varbinary`, `mediumblob` |
//! | a subject | `text`, equal when the octets are | `varbinary(255)`, since many collations of text ignore case or trailing spaces |
//! | many IDs | an array | a list |
//! | a touch | does not wait for the disk | waits, since only the whole server can do otherwise |
//! | which rows a `DELETE` removed | `RETURNING` | asked before, under locks that keep others from adding to them |
//! | a purge | skips rows that somebody writes at this moment | finds rows without a lock, then locks them by key as everybody does |
//! | telling other nodes | `pg_notify`, behind the commit | no channel for it |
//! | tables | made in a transaction | each statement commits; a step that broke off is taken again |

use crate::component::{Component, SEARCH, SESSIONS};

/// The texts of a dialect. Numbered parameters are those of the operation that says them.
#[derive(Debug)]
pub(super) struct Dialect {
    /// What makes the tables of sessions.
    pub(super) sessions: Component,
    /// What makes the indexes that a search goes by.
    pub(super) search: Component,
    /// The table of the steps, for whoever comes first.
    pub(super) migrations_table: &'static str,
    /// A row if there is that table.
    pub(super) has_migrations_table: &'static str,
    /// Keeps others from making tables until the transaction, or the connection, ends.
    pub(super) lock_migrations: &'static str,
    /// Moves `$2` and `$3` of the session `$1` forward.
    pub(super) touch: &'static str,
    /// Removes the sessions `$9`, in favour of the one that [`INSERT`](super::statements::INSERT) creates.
    pub(super) end_replaced: &'static str,
    /// Removes the sessions of subject `$2`, which is in bucket `$1`, but `$3`, and fences its sign-ins. The IDs are the
    /// only rows that are returned.
    pub(super) revoke_subject: &'static [&'static str],
    /// Removes all sessions and fences every sign-in; the last but one says how many.
    pub(super) revoke_everyone: &'static [&'static str],
    /// Removes sessions that end by `$1`, up to `$2`.
    pub(super) purge: Purge,
    /// Every value of every table, as the octets of one column.
    pub(super) dump: &'static [&'static str],
}

/// How a bounded number of rows is removed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purge {
    /// In one statement.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "PostgreSQL's way"))]
    AtOnce(&'static str),
    /// By the IDs that the first gives, which the second takes as `$3`.
    #[cfg_attr(not(feature = "mysql"), expect(dead_code, reason = "MySQL's way"))]
    ById {
        /// Finds the IDs.
        due: &'static str,
        /// Removes them if they are still due.
        remove: &'static str,
    },
}

/// PostgreSQL's.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES: Dialect = Dialect {
    sessions: Component { name: SESSIONS, steps: &[include_str!("postgres/schema_1.sql")] },
    search: Component { name: SEARCH, steps: &[include_str!("postgres/search_1.sql")] },
    migrations_table: "CREATE TABLE IF NOT EXISTS cloakroom_migrations (
        component text NOT NULL, version integer NOT NULL, PRIMARY KEY (component, version))",
    has_migrations_table: "SELECT 1 FROM information_schema.tables
        WHERE table_schema = current_schema() AND table_name = 'cloakroom_migrations'",
    // Numbers of our own choice, the first for cloakroom, the second for its tables.
    lock_migrations: "SELECT pg_advisory_xact_lock(1668049778, 1)",
    touch: "UPDATE cloakroom_sessions
        SET last_seen_at = greatest(last_seen_at, $2), expires_at = greatest(expires_at, $3)
        FROM (SELECT set_config('synchronous_commit', 'off', true)) AS lazily
        WHERE id = $1 AND (last_seen_at < $2 OR expires_at < $3)",
    end_replaced: "DELETE FROM cloakroom_sessions WHERE id = ANY ($9)",
    revoke_subject: &[
        "BEGIN",
        // In a statement of its own, so that the next ones see what was written while this one waited for its row.
        "WITH next AS (
            UPDATE cloakroom_fences SET number = number + 1, forgotten = greatest(forgotten, number - 99)
            WHERE bucket = $1 RETURNING number)
        INSERT INTO cloakroom_revocations (bucket, number, subject) SELECT $1, number, $2 FROM next",
        "DELETE FROM cloakroom_revocations WHERE bucket = $1
            AND number <= (SELECT forgotten FROM cloakroom_fences WHERE bucket = $1)",
        "DELETE FROM cloakroom_sessions WHERE subject = $2 AND id <> $3 RETURNING id",
        "COMMIT",
    ],
    revoke_everyone: &[
        "BEGIN",
        // In one order, or two of these could each wait for the other.
        "SELECT FROM cloakroom_fences ORDER BY bucket FOR UPDATE",
        // Or a visitor's session could begin beside the deletion, while others still load, and outlive it.
        "LOCK TABLE cloakroom_sessions IN SHARE ROW EXCLUSIVE MODE",
        "UPDATE cloakroom_fences SET number = number + 1, forgotten = number + 1",
        "DELETE FROM cloakroom_revocations",
        "DELETE FROM cloakroom_sessions",
        "COMMIT",
    ],
    purge: Purge::AtOnce(
        "DELETE FROM cloakroom_sessions WHERE id = ANY (ARRAY(
            SELECT id FROM cloakroom_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
            FOR UPDATE SKIP LOCKED))",
    ),
    dump: &[
        "SELECT id || record || convert_to(
            concat_ws(' ', subject, created_at, last_seen_at, expires_at, address, version), 'UTF8')
            FROM cloakroom_sessions",
        "SELECT convert_to(concat_ws(' ', bucket, number, forgotten), 'UTF8') FROM cloakroom_fences",
        "SELECT convert_to(concat_ws(' ', bucket, number, subject), 'UTF8') FROM cloakroom_revocations",
    ],
};

/// That of MySQL and MariaDB. Assignments of an `UPDATE` see those before them.
#[cfg(feature = "mysql")]
pub(super) const MYSQL: Dialect = Dialect {
    sessions: Component { name: SESSIONS, steps: &[include_str!("mysql/schema_1.sql")] },
    search: Component { name: SEARCH, steps: &[include_str!("mysql/search_1.sql")] },
    migrations_table: "CREATE TABLE IF NOT EXISTS cloakroom_migrations (
        component varchar(64) CHARACTER SET ascii NOT NULL, version int NOT NULL, PRIMARY KEY (component, version))
        ENGINE = InnoDB",
    has_migrations_table: "SELECT 1 FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name = 'cloakroom_migrations'",
    // The locks of all databases of a server share their names, which have 64 characters at most.
    lock_migrations: "SELECT GET_LOCK(CONCAT('cloakroom ', MD5(DATABASE())), 600)",
    touch: "UPDATE cloakroom_sessions
        SET last_seen_at = greatest(last_seen_at, $2), expires_at = greatest(expires_at, $3)
        WHERE id = $1 AND (last_seen_at < $2 OR expires_at < $3)",
    end_replaced: "DELETE FROM cloakroom_sessions WHERE id IN $9",
    revoke_subject: &[
        // For this transaction alone: what has been read must not grow before it is removed.
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "BEGIN",
        "UPDATE cloakroom_fences SET number = number + 1, forgotten = greatest(forgotten, number - 100)
            WHERE bucket = $1",
        "INSERT INTO cloakroom_revocations (bucket, number, subject)
            SELECT bucket, number, $2 FROM cloakroom_fences WHERE bucket = $1",
        "DELETE FROM cloakroom_revocations WHERE bucket = $1
            AND number <= (SELECT forgotten FROM cloakroom_fences WHERE bucket = $1)",
        "SELECT id FROM cloakroom_sessions WHERE subject = $2 AND id <> $3 FOR UPDATE",
        "DELETE FROM cloakroom_sessions WHERE subject = $2 AND id <> $3",
        "COMMIT",
    ],
    revoke_everyone: &[
        // For this transaction alone: nothing begins where the deletion has been.
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "BEGIN",
        "UPDATE cloakroom_fences SET number = number + 1, forgotten = number ORDER BY bucket",
        "DELETE FROM cloakroom_revocations",
        "DELETE FROM cloakroom_sessions",
        "COMMIT",
    ],
    purge: Purge::ById {
        due: "SELECT id FROM cloakroom_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
        // The sum keeps the server from going by the index, whose entries it would lock before the rows.
        remove: "DELETE FROM cloakroom_sessions WHERE id IN $3 AND expires_at + 0 <= $1",
    },
    dump: &[
        "SELECT CONCAT(id, record,
            CONCAT_WS(' ', subject, created_at, last_seen_at, expires_at, address, version))
            FROM cloakroom_sessions",
        "SELECT CAST(CONCAT_WS(' ', bucket, number, forgotten) AS BINARY) FROM cloakroom_fences",
        "SELECT CAST(CONCAT_WS(' ', bucket, number, subject) AS BINARY) FROM cloakroom_revocations",
    ],
};
