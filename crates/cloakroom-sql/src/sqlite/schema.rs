//! The tables, as a person finds them in the file.

use crate::component::{Component, SESSIONS};

/// Marks the file as ours for `file` and for us: "clkr".
pub(super) const APPLICATION_ID: i32 = 0x636c_6b72;

/// The tables of sessions.
pub(super) const COMPONENT: Component = Component { name: SESSIONS, steps: &STEPS };

/// One step for each version, the oldest first. A released one is never changed.
///
/// **Rows in the order of their making, with a unique index on the ID**, rather than a table that *is* the index of its
/// IDs (`WITHOUT ROWID`). IDs are random, so that such a table touches a page of its own for every row: measured
/// with a million sessions, it was 8 % larger, wrote 30 % more octets for each insert, and looked a session up no
/// faster, since it is deeper for having whole rows in its inner pages. Sessions made together also end together, so
/// that a purge finds its rows side by side.
///
/// **IDs as octets**, and a view that shows them as text: as text they made the file 20 % larger.
///
/// **No index but the three.** The one on `expires_at` costs a touch two more pages in the log, which it need not wait for;
/// without it every purge would read the whole table. Sessions of a subject are few, and are sorted when they are asked
/// for.
const STEPS: [&str; 1] = ["
CREATE TABLE sessions (
    -- The public handle of the session, 16 octets. It proves nothing; the secret beside it in the cookie does.
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Whose session it is; NULL for a visitor who has not signed in.
    subject      TEXT    CHECK (subject <> ''),
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    -- The IP address that it was begun from, when the application records that.
    address      TEXT,
    -- Rises by one with every write but that of activity.
    version      INTEGER NOT NULL CHECK (version > 0),
    -- Everything else, encoded. Of the secret in the cookie it has a SHA-256 digest.
    record       BLOB    NOT NULL
) STRICT;

CREATE INDEX sessions_by_subject ON sessions (subject) WHERE subject IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE revocations (
    -- Counts the revocations of whole subjects; a sign-in that began at a smaller number has lost.
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Who was signed out everywhere; NULL stands for everyone.
    subject TEXT
) STRICT;

CREATE INDEX revocations_by_subject ON revocations (subject);

CREATE VIEW sessions_readable AS
    SELECT lower(hex(id))                              AS id,
           subject,
           datetime(created_at / 1000, 'unixepoch')    AS created_utc,
           datetime(last_seen_at / 1000, 'unixepoch')  AS last_seen_utc,
           datetime(expires_at / 1000, 'unixepoch')    AS expires_utc,
           address,
           version,
           length(record)                              AS record_octets
    FROM sessions;
"];
