//! Values on their way to a server, and columns on their way back.

use std::net::IpAddr;

use cloakroom_core::store::{Row, RowBody};
use cloakroom_core::{SessionId, Subject};

use crate::columns::{BadColumn, time_column};
use crate::tables::Record;

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A time, a version, a count.
    Number(i64),
    /// The key of a session.
    Id(SessionId),
    /// The keys of many.
    Ids(Vec<SessionId>),
    /// Whose session it is.
    Subject(Option<Subject>),
    /// Where it was begun from.
    Address(Option<IpAddr>),
    /// Any text, of a statement about other tables than those of sessions.
    Text(String),
    /// Nothing, in such a statement.
    Null,
    /// The encoded rest of a row; also the empty octets, which are below every ID and equal to none.
    Octets(RowBody),
}

impl Value {
    /// The columns of a row to insert or to write, from `subject` to `record` without `version`.
    pub(super) fn of_row(row: &Row) -> [Self; 6] {
        [
            Self::Subject(row.subject.clone()),
            Self::Number(time_column(row.created_at)),
            Self::Number(time_column(row.last_seen_at)),
            Self::Number(time_column(row.expires_at)),
            Self::Address(row.address),
            Self::Octets(row.body.clone()),
        ]
    }

    /// The ID, or the empty octets.
    pub(super) fn id_or_none(id: Option<SessionId>) -> Self {
        id.map_or_else(|| Self::Octets(RowBody::new()), Self::Id)
    }

    /// A count of rows as a limit.
    pub(super) fn limit(rows_max: usize) -> Self {
        Self::Number(i64::try_from(rows_max).unwrap_or(i64::MAX))
    }
}

/// A row of an answer.
pub(super) trait Columns {
    /// The whole number in a column.
    fn number(&self, column: usize) -> Result<i64, BadColumn>;

    /// The octets in a column.
    fn octets(&self, column: usize) -> Result<&[u8], BadColumn>;

    /// The text in a column.
    fn text(&self, column: usize) -> Result<Option<&str>, BadColumn>;

    /// All columns, whatever they hold.
    fn record(&self) -> Result<Record, BadColumn>;
}
