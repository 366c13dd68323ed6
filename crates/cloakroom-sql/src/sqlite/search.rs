//! Sessions as an administrator looks for them, the newest first.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Wanted};
use rusqlite::{Connection, params};

use super::rows::{columns, identified};
use crate::component::{Component, SEARCH};
use crate::place::Place;

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

pub(super) fn search(
    connection: &Connection,
    wanted: &Wanted,
    place: &Place,
    rows_max: usize,
) -> rusqlite::Result<Vec<(SessionId, Loaded)>> {
    let address = wanted.address.map(|address| address.to_string());
    let (statement, value) = match (&wanted.subject, &address) {
        (Some(subject), _) => (OF_SUBJECT, Some(subject.as_str())),
        (None, Some(address)) => (FROM_ADDRESS, Some(address.as_str())),
        (None, None) => (ALL, None),
    };
    let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
    let values = params![value, place.created_at, place.id.as_slice(), place.from, rows_max];
    connection.prepare_cached(statement)?.query_map(values, identified)?.collect()
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
        let by_subject =
            "SEARCH sessions USING INDEX sessions_by_subject (subject=?); USE TEMP B-TREE FOR ORDER BY";
        assert_eq!(plan(OF_SUBJECT), by_subject);
    }
}
