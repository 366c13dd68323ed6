//! Statements on one session, each to be run within a transaction.

use cloakroom_core::store::{Inserted, Loaded, Revoked, Row, Seen, Swap, Touch, Touched, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{columns, numbered};
use crate::columns::{number_column, time_column};

/// The ID of a row to create is taken; nothing was written.
pub(super) struct IdTaken;

/// Whether a session is as it was seen.
pub(super) enum Sight {
    /// It is.
    Same,
    /// It has been written since.
    Changed,
    /// It is gone.
    Gone,
}

/// How a session is looked up: one search of the index of IDs and one of the rows.
pub(super) const LOAD: &str = concat!("SELECT ", columns!(), ", rowid FROM sessions WHERE id = ?1");

/// A session, and the number of its row.
pub(super) fn load(connection: &Connection, id: SessionId) -> rusqlite::Result<Option<(Loaded, i64)>> {
    connection.prepare_cached(LOAD)?.query_row([id.as_octets()], numbered).optional()
}

/// Creates a row and ends the session that it replaces. What may be in the way is asked before anything is written.
pub(super) fn insert(
    connection: &Connection,
    id: SessionId,
    row: &Row,
    replaces: Option<Seen>,
) -> rusqlite::Result<Result<Inserted, IdTaken>> {
    match replaces.map_or(Ok(Sight::Same), |seen| sight(connection, seen))? {
        Sight::Changed => return Ok(Ok(Inserted::Lost)),
        Sight::Gone => return Ok(Ok(Inserted::Gone)),
        Sight::Same => {}
    }
    if let Err(taken) = create(connection, id, row)? {
        return Ok(Err(taken));
    }
    if let Some(seen) = replaces {
        remove(connection, seen.id)?;
    }
    Ok(Ok(Inserted::Done))
}

pub(super) fn create(
    connection: &Connection,
    id: SessionId,
    row: &Row,
) -> rusqlite::Result<Result<(), IdTaken>> {
    const SQL: &str = "INSERT INTO sessions
        (id, subject, created_at, last_seen_at, expires_at, address, version, record)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING";
    let created = connection.prepare_cached(SQL)?.execute(params![
        id.as_octets(),
        row.subject.as_ref().map(Subject::as_str),
        time_column(row.created_at),
        time_column(row.last_seen_at),
        time_column(row.expires_at),
        row.address.map(|address| address.to_string()),
        number_column(Version::FIRST.number()),
        row.body.as_slice(),
    ])?;
    Ok(if created == 0 { Err(IdTaken) } else { Ok(()) })
}

pub(super) fn replace(
    connection: &Connection,
    id: SessionId,
    seen: Version,
    row: &Row,
) -> rusqlite::Result<Swap> {
    const SQL: &str = "UPDATE sessions SET
            subject = ?3, created_at = ?4, address = ?7, record = ?8, version = version + 1,
            last_seen_at = max(last_seen_at, ?5), expires_at = max(expires_at, ?6)
        WHERE id = ?1 AND version = ?2";
    let written = connection.prepare_cached(SQL)?.execute(params![
        id.as_octets(),
        number_column(seen.number()),
        row.subject.as_ref().map(Subject::as_str),
        time_column(row.created_at),
        time_column(row.last_seen_at),
        time_column(row.expires_at),
        row.address.map(|address| address.to_string()),
        row.body.as_slice(),
    ])?;
    if written > 0 {
        return Ok(Swap::Done(seen.next()));
    }
    Ok(if exists(connection, id)? { Swap::Lost } else { Swap::Gone })
}

/// A touch that moves nothing writes nothing, so that of many at once, one costs a page in the log.
pub(super) fn touch(connection: &Connection, id: SessionId, touch: Touch) -> rusqlite::Result<Touched> {
    const SQL: &str = "UPDATE sessions
        SET last_seen_at = max(last_seen_at, ?2), expires_at = max(expires_at, ?3)
        WHERE id = ?1 AND (last_seen_at < ?2 OR expires_at < ?3)";
    let columns = params![id.as_octets(), time_column(touch.last_seen_at), time_column(touch.expires_at)];
    let moved = connection.prepare_cached(SQL)?.execute(columns)? > 0;
    Ok(if moved || exists(connection, id)? { Touched::Done } else { Touched::Gone })
}

pub(super) fn revoke(connection: &Connection, id: SessionId) -> rusqlite::Result<Revoked> {
    Ok(if remove(connection, id)? { Revoked::Done } else { Revoked::Absent })
}

/// How the rows to purge are found: by the index on their end, and no further than needed.
pub(super) const PURGE: &str = "DELETE FROM sessions WHERE rowid IN
    (SELECT rowid FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

pub(super) fn purge(connection: &Connection, now: Timestamp, rows_max: usize) -> rusqlite::Result<usize> {
    let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
    connection.prepare_cached(PURGE)?.execute((time_column(now), rows_max))
}

pub(super) fn remove(connection: &Connection, id: SessionId) -> rusqlite::Result<bool> {
    let removed =
        connection.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id.as_octets()])?;
    Ok(removed > 0)
}

pub(super) fn sight(connection: &Connection, seen: Seen) -> rusqlite::Result<Sight> {
    let version: Option<i64> = connection
        .prepare_cached("SELECT version FROM sessions WHERE id = ?1")?
        .query_row([seen.id.as_octets()], |row| row.get(0))
        .optional()?;
    Ok(match version {
        None => Sight::Gone,
        Some(version) if version == number_column(seen.version.number()) => Sight::Same,
        Some(_) => Sight::Changed,
    })
}

fn exists(connection: &Connection, id: SessionId) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM sessions WHERE id = ?1")?.exists([id.as_octets()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::migrations::migrate;
    use crate::sqlite::schema::COMPONENT;

    fn plan(sql: &str, parameters: impl rusqlite::Params) -> Vec<String> {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        statement.query_map(parameters, |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_session_is_found_by_one_look_up_in_the_index_of_ids() {
        assert_eq!(plan(LOAD, [[0; 16]]), ["SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)"]);
    }

    #[test]
    fn a_purge_finds_its_rows_by_the_index_of_ends_and_sorts_nothing() {
        assert_eq!(
            plan(PURGE, (0, 1)),
            [
                "SEARCH sessions USING INTEGER PRIMARY KEY (rowid=?)",
                "LIST SUBQUERY 1",
                "SEARCH sessions USING COVERING INDEX sessions_by_expiry (expires_at<?)",
            ]
        );
    }
}
