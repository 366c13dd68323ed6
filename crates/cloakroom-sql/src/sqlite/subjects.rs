//! Statements on all sessions of a subject, or of everyone, each to be run within a transaction.

use cloakroom_core::store::{Cap, Fence, Loaded, Row, Seen, SubjectInserted};
use cloakroom_core::{SessionId, Subject, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{columns, identified, session_id};
use super::sessions::{IdTaken, Sight, create, remove, sight};
use crate::cap::make_room;
use crate::columns::{number_column, time_column};

/// How many revocations are remembered: a sign-in that more than these overtake is refused, whoever they were of.
const REVOCATIONS_KEPT: i64 = 10_000;

/// A [`SubjectInsert`](cloakroom_core::store::SubjectInsert) that owns its row.
pub(super) struct SubjectCreation {
    pub(super) id: SessionId,
    pub(super) row: Row,
    pub(super) replaces: Option<Seen>,
    pub(super) fence: Fence,
    pub(super) cap: Option<Cap>,
    pub(super) now: Timestamp,
}

/// The number of the newest revocation of anybody, 0 before the first.
pub(super) fn fence(connection: &Connection) -> rusqlite::Result<Fence> {
    let newest = newest_revocation(connection)?;
    Ok(Fence::from_number(u64::try_from(newest).unwrap_or(0)))
}

/// Creates a row for a subject. What may be in the way is asked before anything is written.
pub(super) fn insert(
    connection: &Connection,
    creation: &SubjectCreation,
) -> rusqlite::Result<Result<SubjectInserted, IdTaken>> {
    let SubjectCreation { id, row, replaces, .. } = creation;
    if is_fenced(connection, creation)? {
        return Ok(Ok(SubjectInserted::Fenced));
    }
    match replaces.map_or(Ok(Sight::Same), |seen| sight(connection, seen))? {
        Sight::Changed => return Ok(Ok(SubjectInserted::Lost)),
        Sight::Gone => return Ok(Ok(SubjectInserted::Gone)),
        Sight::Same => {}
    }
    let Some(evicted) = room(connection, creation)? else { return Ok(Ok(SubjectInserted::Full)) };
    if let Err(taken) = create(connection, *id, row)? {
        return Ok(Err(taken));
    }
    for ended in evicted.iter().copied().chain(replaces.map(|seen| seen.id)) {
        remove(connection, ended)?;
    }
    Ok(Ok(SubjectInserted::Done { evicted }))
}

pub(super) fn list(connection: &Connection, subject: &str) -> rusqlite::Result<Vec<(SessionId, Loaded)>> {
    const SQL: &str =
        concat!("SELECT ", columns!(), ", id FROM sessions WHERE subject = ?1 ORDER BY created_at, id");
    connection.prepare_cached(SQL)?.query_map([subject], identified)?.collect()
}

pub(super) fn page(
    connection: &Connection,
    after: Option<SessionId>,
    rows_max: usize,
) -> rusqlite::Result<Vec<(SessionId, Loaded)>> {
    // Every ID is above the empty blob.
    const SQL: &str = concat!("SELECT ", columns!(), ", id FROM sessions WHERE id > ?1 ORDER BY id LIMIT ?2");
    let after = after.as_ref().map_or(&[] as &[u8], |id| id.as_octets());
    let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
    connection.prepare_cached(SQL)?.query_map((after, rows_max), identified)?.collect()
}

pub(super) fn revoke_subject(
    connection: &Connection,
    subject: &str,
    spare: Option<SessionId>,
) -> rusqlite::Result<Vec<SessionId>> {
    const SQL: &str = "DELETE FROM sessions WHERE subject = ?1 AND id IS NOT ?2 RETURNING id";
    record_revocation(connection, Some(subject))?;
    let spare = spare.as_ref().map(SessionId::as_octets);
    connection.prepare_cached(SQL)?.query_map((subject, spare), |row| session_id(row, 0))?.collect()
}

pub(super) fn revoke_everyone(connection: &Connection) -> rusqlite::Result<u64> {
    record_revocation(connection, None)?;
    // Without a WHERE, SQLite frees whole pages and looks at no row.
    connection.execute("DELETE FROM sessions", ())?;
    Ok(connection.changes())
}

/// Forgets revocations but the newest; a sign-in from before those that are kept counts as revoked.
pub(super) fn forget_revocations(connection: &Connection) -> rusqlite::Result<()> {
    const SQL: &str = "DELETE FROM revocations WHERE number <= (SELECT max(number) FROM revocations) - ?1";
    connection.prepare_cached(SQL)?.execute([REVOCATIONS_KEPT]).map(drop)
}

fn record_revocation(connection: &Connection, subject: Option<&str>) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO revocations (subject) VALUES (?1)")?.execute([subject]).map(drop)
}

/// SQLite's own count, which goes on when the rows are forgotten.
fn newest_revocation(connection: &Connection) -> rusqlite::Result<i64> {
    let newest = connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'revocations'")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(newest.unwrap_or(0))
}

/// Whether the subject, or everyone, was revoked after the sign-in began.
///
/// It counts as revoked when that cannot be known: the revocations from then are forgotten, or the file is an
/// older copy that knows less than the sign-in does.
fn is_fenced(connection: &Connection, creation: &SubjectCreation) -> rusqlite::Result<bool> {
    const SQL: &str = "SELECT
        EXISTS (SELECT 1 FROM revocations WHERE subject = ?1 AND number > ?2)
        OR EXISTS (SELECT 1 FROM revocations WHERE subject IS NULL AND number > ?2)
        OR NOT EXISTS (SELECT 1 FROM revocations WHERE number = ?2 + 1)";
    let fence = number_column(creation.fence.number());
    if fence == newest_revocation(connection)? {
        return Ok(false);
    }
    let subject = subject_of(&creation.row);
    connection.prepare_cached(SQL)?.query_row((subject, fence), |row| row.get(0))
}

/// The live sessions that must end for one more to fit, the oldest first; `None` when they must not.
fn room(connection: &Connection, creation: &SubjectCreation) -> rusqlite::Result<Option<Vec<SessionId>>> {
    const SQL: &str = "SELECT id FROM sessions WHERE subject = ?1 AND expires_at > ?2 AND id IS NOT ?3
        ORDER BY created_at, id";
    let Some(cap) = creation.cap else { return Ok(Some(Vec::new())) };
    let replaced = creation.replaces.as_ref().map(|seen| seen.id.as_octets());
    let live = connection
        .prepare_cached(SQL)?
        .query_map(params![subject_of(&creation.row), time_column(creation.now), replaced], |row| {
            session_id(row, 0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(make_room(live, cap))
}

fn subject_of(row: &Row) -> Option<&str> {
    row.subject.as_ref().map(Subject::as_str)
}

#[cfg(test)]
mod tests {
    use cloakroom_core::store::RowBody;

    use super::*;
    use crate::sqlite::migrations::migrate;
    use crate::sqlite::schema::COMPONENT;

    fn tables() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        connection
    }

    fn sign_in(connection: &Connection, subject: &str, number: u8, fence: Fence) -> SubjectInserted {
        let creation = SubjectCreation {
            id: SessionId::from_octets([number; SessionId::LEN]),
            row: Row {
                subject: Some(Subject::new(subject).unwrap()),
                created_at: Timestamp::from_millis(1),
                last_seen_at: Timestamp::from_millis(1),
                expires_at: Timestamp::from_millis(100),
                address: None,
                body: RowBody::new(),
            },
            replaces: None,
            fence,
            cap: None,
            now: Timestamp::from_millis(1),
        };
        insert(connection, &creation).unwrap().ok().unwrap()
    }

    fn done() -> SubjectInserted {
        SubjectInserted::Done { evicted: Vec::new() }
    }

    #[test]
    fn a_revocation_stops_the_sign_ins_that_began_before_it_and_no_others() {
        let connection = tables();
        let before = fence(&connection).unwrap();
        revoke_subject(&connection, "alice", None).unwrap();
        assert_eq!(sign_in(&connection, "alice", 1, before), SubjectInserted::Fenced);
        assert_eq!(sign_in(&connection, "bob", 2, before), done());
        assert_eq!(sign_in(&connection, "alice", 3, fence(&connection).unwrap()), done());
        revoke_everyone(&connection).unwrap();
        assert_eq!(sign_in(&connection, "bob", 4, before), SubjectInserted::Fenced);
    }

    #[test]
    fn a_sign_in_from_before_the_revocations_that_are_kept_counts_as_revoked() {
        let connection = tables();
        let before = fence(&connection).unwrap();
        revoke_subject(&connection, "alice", None).unwrap();
        let after = fence(&connection).unwrap();
        for _ in 0..REVOCATIONS_KEPT {
            revoke_subject(&connection, "carol", None).unwrap();
        }
        forget_revocations(&connection).unwrap();
        let kept: i64 =
            connection.query_row("SELECT count(*) FROM revocations", (), |row| row.get(0)).unwrap();
        assert_eq!(kept, REVOCATIONS_KEPT);
        assert_eq!(sign_in(&connection, "bob", 1, before), SubjectInserted::Fenced);
        assert_eq!(sign_in(&connection, "bob", 2, after), done());
    }

    #[test]
    fn a_fence_stands_when_every_revocation_has_been_deleted_by_hand() {
        let connection = tables();
        let before = fence(&connection).unwrap();
        revoke_subject(&connection, "alice", None).unwrap();
        connection.execute("DELETE FROM revocations", ()).unwrap();
        assert_eq!(sign_in(&connection, "alice", 1, before), SubjectInserted::Fenced);
        assert_eq!(sign_in(&connection, "alice", 2, fence(&connection).unwrap()), done());
    }

    #[test]
    fn a_fence_from_the_future_of_an_older_copy_counts_as_revoked() {
        let connection = tables();
        let ahead = Fence::from_number(fence(&connection).unwrap().number() + 5);
        assert_eq!(sign_in(&connection, "alice", 1, ahead), SubjectInserted::Fenced);
    }
}
