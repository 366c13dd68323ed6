//! Sessions as an administrator looks for them, the newest first.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Page, PageCursor, Wanted};
use rusqlite::{Connection, params};

use super::rows::{columns, identified};
use crate::component::{Component, SEARCH};
use crate::place::{NetworkPlace, Place};

/// The indexes, without which a search looks at every session.
pub(super) const COMPONENT: Component = Component { name: SEARCH, steps: &STEPS };

const STEPS: [&str; 1] = ["
CREATE INDEX sessions_by_creation ON sessions (created_at, id);
CREATE INDEX sessions_by_address ON sessions (address, created_at, id) WHERE address IS NOT NULL;
"];

/// A search that has one condition more, which an index serves.
macro_rules! search {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", id FROM sessions WHERE ",
            $condition,
            " AND created_at <= ?2 AND (created_at < ?2 OR id < ?3) AND created_at >= ?4
            ORDER BY created_at DESC, id DESC LIMIT ?5"
        )
    };
}

const ALL: &str = search!("?1 IS NULL");
const OF_SUBJECT: &str = search!("subject = ?1");
const FROM_ADDRESS: &str = search!("address = ?1");

/// A walk down the addresses, whenever their sessions began.
const IN_NETWORK: &str = concat!(
    "SELECT ",
    columns!(),
    ", id FROM sessions WHERE address >= ?1 AND address < ?2
            ORDER BY address DESC, created_at DESC, id DESC LIMIT ?3"
);

type Found = Vec<(SessionId, Loaded)>;

pub(super) fn search(
    connection: &Connection,
    wanted: &Wanted,
    after: Option<&PageCursor>,
    rows_max: usize,
) -> rusqlite::Result<Page> {
    let address = wanted.address.map(|address| address.to_string());
    let (statement, value) = match (&wanted.subject, &address, wanted.network) {
        (Some(subject), ..) => (OF_SUBJECT, Some(subject.as_str())),
        (None, Some(address), _) => (FROM_ADDRESS, Some(address.as_str())),
        (None, None, Some(network)) => {
            let found = in_network(connection, &NetworkPlace::of(network, after), rows_max)?;
            return Ok(Page::by_address(found, rows_max));
        }
        (None, None, None) => (ALL, None),
    };
    let found = within(connection, (statement, value), &Place::of(wanted, after), rows_max)?;
    Ok(Page::newest_first(found, rows_max))
}

fn within(
    connection: &Connection,
    (statement, value): (&str, Option<&str>),
    place: &Place,
    rows_max: usize,
) -> rusqlite::Result<Found> {
    let values = params![value, place.created_at, place.id.as_slice(), place.from, limit(rows_max)];
    connection.prepare_cached(statement)?.query_map(values, identified)?.collect()
}

fn in_network(connection: &Connection, place: &NetworkPlace, rows_max: usize) -> rusqlite::Result<Found> {
    let mut found = match &place.rest_of {
        Some((address, rest)) => within(connection, (FROM_ADDRESS, Some(address)), rest, rows_max)?,
        None => Vec::new(),
    };
    if found.len() < rows_max {
        let values = params![place.low, place.below, limit(rows_max - found.len())];
        let mut statement = connection.prepare_cached(IN_NETWORK)?;
        for session in statement.query_map(values, identified)? {
            found.push(session?);
        }
    }
    Ok(found)
}

fn limit(rows_max: usize) -> i64 {
    i64::try_from(rows_max).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::migrations::migrate;
    use crate::sqlite::schema;

    #[test]
    fn every_search_goes_by_an_index_and_sorts_no_more_than_the_sessions_of_a_subject() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, schema::COMPONENT).unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        let plan = |statement: &str| -> String {
            let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
            let values = params![None::<&str>, 1, &[][..], 0, 10];
            let lines = explained.query_map(values, |row| row.get::<_, String>(3)).unwrap();
            lines.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
        };
        assert_eq!(
            plan(ALL),
            "SEARCH sessions USING INDEX sessions_by_creation (created_at>? AND created_at<?)"
        );
        let by_address =
            "SEARCH sessions USING INDEX sessions_by_address (address=? AND created_at>? AND created_at<?)";
        assert_eq!(plan(FROM_ADDRESS), by_address);
        let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {IN_NETWORK}")).unwrap();
        let in_network: String = explained.query_row(params!["10.", "10/", 10], |row| row.get(3)).unwrap();
        assert_eq!(
            in_network, "SEARCH sessions USING INDEX sessions_by_address (address>? AND address<?)",
            "and sorts nothing: that would be a line of its own, before"
        );
        let by_subject =
            "SEARCH sessions USING INDEX sessions_by_subject (subject=?); USE TEMP B-TREE FOR ORDER BY";
        assert_eq!(plan(OF_SUBJECT), by_subject);
    }
}
