//! Between rows of an answer and [`Row`]s.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Row, RowBody};

use super::value::Columns;
use crate::columns::{BadColumn, address_value, subject_value, time_value, version_value};

/// How many columns [`loaded`] reads; see [`LOAD`](super::statements::LOAD) for their order.
const COLUMNS: usize = 7;

/// A session of a query for the columns of a row.
pub(super) fn loaded(row: &impl Columns) -> Result<Loaded, BadColumn> {
    Ok(Loaded {
        row: Row {
            subject: row.text(0)?.map(subject_value).transpose()?,
            created_at: time_value("created_at", row.number(1)?)?,
            last_seen_at: time_value("last_seen_at", row.number(2)?)?,
            expires_at: time_value("expires_at", row.number(3)?)?,
            address: row.text(4)?.map(address_value).transpose()?,
            body: RowBody::from_slice(row.octets(6)?),
        },
        version: version_value(row.number(5)?)?,
    })
}

/// A session of a query for the columns of a row and, after them, `id`.
pub(super) fn identified(row: &impl Columns) -> Result<(SessionId, Loaded), BadColumn> {
    Ok((session_id(row, COLUMNS)?, loaded(row)?))
}

/// The session ID in a column.
pub(super) fn session_id(row: &impl Columns, column: usize) -> Result<SessionId, BadColumn> {
    let octets = row.octets(column)?.try_into().map_err(|_| BadColumn::new("id", "session ID"))?;
    Ok(SessionId::from_octets(octets))
}
