//! Columns of either of MySQL's protocols.

use mysql_async::{Row, Value as Column};

use crate::columns::BadColumn;
use crate::server::value::Columns;
use crate::tables::{Datum, Record};

impl Columns for Row {
    fn number(&self, column: usize) -> Result<i64, BadColumn> {
        let number = match self.as_ref(column) {
            Some(Column::Int(number)) => Some(*number),
            Some(Column::UInt(number)) => i64::try_from(*number).ok(),
            // The text protocol has digits.
            Some(Column::Bytes(digits)) => {
                std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok())
            }
            _ => None,
        };
        number.ok_or_else(|| BadColumn::new(name(self, column), "whole number"))
    }

    fn octets(&self, column: usize) -> Result<&[u8], BadColumn> {
        match self.as_ref(column) {
            Some(Column::Bytes(octets)) => Ok(octets),
            _ => Err(BadColumn::new(name(self, column), "octets")),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>, BadColumn> {
        match self.as_ref(column) {
            Some(Column::NULL) => Ok(None),
            Some(Column::Bytes(text)) => {
                std::str::from_utf8(text).map(Some).map_err(|_| BadColumn::new(name(self, column), "text"))
            }
            _ => Err(BadColumn::new(name(self, column), "text")),
        }
    }

    fn record(&self) -> Result<Record, BadColumn> {
        (0..self.len()).map(|column| datum(self, column)).collect::<Result<_, _>>().map(Record::new)
    }
}

fn datum(row: &Row, column: usize) -> Result<Datum, BadColumn> {
    match row.as_ref(column) {
        Some(Column::NULL) => Ok(Datum::Null),
        Some(Column::Bytes(octets)) => Ok(Datum::Octets(octets.clone())),
        _ => row.number(column).map(Datum::Number),
    }
}

/// The column's name as far as an error may hold it.
fn name(row: &Row, column: usize) -> &'static str {
    const NAMES: [&str; 8] =
        ["subject", "created_at", "last_seen_at", "expires_at", "address", "version", "record", "id"];
    let columns = row.columns_ref();
    let found = columns.get(column).map(mysql_async::Column::name_str);
    NAMES.into_iter().find(|name| found.as_deref() == Some(*name)).unwrap_or("of an answer")
}
