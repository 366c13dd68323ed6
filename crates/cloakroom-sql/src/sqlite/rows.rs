//! Between rows of the table and [`Row`]s.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Row, RowBody};
use rusqlite::types::{FromSqlError, ValueRef};

use crate::columns::{address_value, subject_value, time_value, version_value};

/// The columns that [`loaded`] reads, in its order.
macro_rules! columns {
    () => {
        "subject, created_at, last_seen_at, expires_at, address, version, record"
    };
}
pub(super) use columns;

/// How many columns [`loaded`] reads.
const COLUMNS: usize = 7;

/// A session of a query for the [`columns`].
pub(super) fn loaded(row: &rusqlite::Row<'_>) -> rusqlite::Result<Loaded> {
    Ok(Loaded {
        row: Row {
            subject: optional_text(row, 0, subject_value)?,
            created_at: value(1, time_value("created_at", row.get(1)?))?,
            last_seen_at: value(2, time_value("last_seen_at", row.get(2)?))?,
            expires_at: value(3, time_value("expires_at", row.get(3)?))?,
            address: optional_text(row, 4, address_value)?,
            body: RowBody::from_slice(row.get_ref(6)?.as_blob().map_err(|error| bad(6, error))?),
        },
        version: value(5, version_value(row.get(5)?))?,
    })
}

/// A session of a query for the [`columns`] and, after them, `id`.
pub(super) fn identified(row: &rusqlite::Row<'_>) -> rusqlite::Result<(SessionId, Loaded)> {
    Ok((session_id(row, COLUMNS)?, loaded(row)?))
}

/// A session of a query for the [`columns`] and, after them, `rowid`.
pub(super) fn numbered(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Loaded, i64)> {
    Ok((loaded(row)?, row.get(COLUMNS)?))
}

/// The session ID in a column.
pub(super) fn session_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<SessionId> {
    row.get(column).map(SessionId::from_octets)
}

/// The text of an optional column, read in place.
fn optional_text<T, E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    row: &rusqlite::Row<'_>,
    column: usize,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        text => value(column, parse(text.as_str().map_err(|error| bad(column, error))?)).map(Some),
    }
}

fn value<T, E>(column: usize, value: Result<T, E>) -> rusqlite::Result<T>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    value.map_err(|error| bad(column, FromSqlError::Other(error.into())))
}

fn bad(column: usize, error: FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Null, Box::new(error))
}
