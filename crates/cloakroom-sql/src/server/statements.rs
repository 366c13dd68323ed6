//! The statements that every server understands; what they say differently is in [`dialect`](super::dialect).

/// The columns of a row, in the order in which [`rows`](super::rows) reads them.
macro_rules! columns {
    () => {
        "subject, created_at, last_seen_at, expires_at, address, version, record"
    };
}

pub(super) use columns;

/// One session by its ID: one search of the primary key.
pub(super) const LOAD: &str = concat!("SELECT ", columns!(), " FROM cloakroom_sessions WHERE id = $1");

/// The sessions of a subject, the oldest first.
pub(super) const LIST: &str =
    concat!("SELECT ", columns!(), ", id FROM cloakroom_sessions WHERE subject = $1 ORDER BY created_at, id");

/// Sessions of anybody above an ID; every ID is above the empty octets.
pub(super) const PAGE: &str =
    concat!("SELECT ", columns!(), ", id FROM cloakroom_sessions WHERE id > $1 ORDER BY id LIMIT $2");

/// How many sessions there are.
pub(super) const COUNT: &str = "SELECT count(*) FROM cloakroom_sessions";

/// Whether the tables can be read.
pub(super) const PING: &str = "SELECT version FROM cloakroom_sessions LIMIT 1";

/// ID, the columns of a row without its version, and the version.
pub(super) const INSERT: &str = "INSERT INTO cloakroom_sessions
    (id, subject, created_at, last_seen_at, expires_at, address, record, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// ID, the columns of a row without its version, and the version that was seen.
pub(super) const REPLACE: &str = "UPDATE cloakroom_sessions SET
        subject = $2, created_at = $3, address = $6, record = $7, version = version + 1,
        last_seen_at = greatest(last_seen_at, $4), expires_at = greatest(expires_at, $5)
    WHERE id = $1 AND version = $8";

/// Ends a session.
pub(super) const REVOKE: &str = "DELETE FROM cloakroom_sessions WHERE id = $1";

/// How far a session is, asked after a write has met none that it was for.
pub(super) const STATE: &str =
    "SELECT version, last_seen_at, expires_at FROM cloakroom_sessions WHERE id = $1";

/// How often somebody of a bucket was revoked, and up to which number it is forgotten who.
pub(super) const FENCE: &str = "SELECT number, forgotten FROM cloakroom_fences WHERE bucket = $1";

// A sign-in: the session that it replaces, its bucket, its fence, its subject, and the time.

/// The session that is replaced, which nobody else writes until the end of the transaction.
pub(super) const TAKE_REPLACED: &str = "SELECT version FROM cloakroom_sessions WHERE id = $1 FOR UPDATE";

/// [`FENCE`] by somebody who has the bucket to itself from then on: whoever comes next waits for the end of the transaction.
pub(super) const TAKE_FENCE: &str =
    "SELECT number, forgotten FROM cloakroom_fences WHERE bucket = $2 FOR UPDATE";

/// A row if the subject was revoked after the sign-in began.
pub(super) const WAS_REVOKED: &str = "SELECT number FROM cloakroom_revocations
    WHERE bucket = $2 AND number > $3 AND subject = $4 LIMIT 1";

/// The live sessions of the subject but the one to be replaced, the oldest first.
pub(super) const LIVE: &str = "SELECT id FROM cloakroom_sessions
    WHERE subject = $4 AND expires_at > $5 AND id <> $1 ORDER BY created_at, id";

/// The same, by somebody who may end some of them.
pub(super) const TAKE_LIVE: &str = "SELECT id FROM cloakroom_sessions
    WHERE subject = $4 AND expires_at > $5 AND id <> $1 ORDER BY created_at, id FOR UPDATE";

/// Begins a transaction.
pub(super) const BEGIN: &str = "BEGIN";

/// Ends a transaction, durably.
pub(super) const COMMIT: &str = "COMMIT";

/// Ends a transaction as if it had never been.
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// Which step of a component's tables was taken.
pub(super) const MIGRATED: &str =
    "SELECT coalesce(max(version), 0) FROM cloakroom_migrations WHERE component = $1";

/// Writes down that a step was taken.
pub(super) const NOTE_MIGRATION: &str =
    "INSERT INTO cloakroom_migrations (component, version) VALUES ($1, $2)";
