//! Values and columns in PostgreSQL's binary format.

use std::error::Error;

use bytes::BytesMut;
use cloakroom_core::Subject;
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::columns::BadColumn;
use crate::server::value::{Columns, Value};
use crate::tables::{Datum, Record};

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Number(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Number(number) => number.to_sql(ty, out),
            Self::Id(id) => id.as_octets().as_slice().to_sql(ty, out),
            Self::Ids(ids) => {
                ids.iter().map(|id| id.as_octets().as_slice()).collect::<Vec<_>>().to_sql(ty, out)
            }
            Self::Subject(subject) => subject.as_ref().map(Subject::as_str).to_sql(ty, out),
            Self::Address(address) => address.map(|address| address.to_string()).to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Null => Ok(IsNull::Yes),
            Self::Octets(octets) => octets.as_slice().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT4, Type::INT8, Type::BYTEA, Type::BYTEA_ARRAY, Type::TEXT].contains(ty)
    }

    to_sql_checked!();
}

impl Columns for Row {
    fn number(&self, column: usize) -> Result<i64, BadColumn> {
        let wide = self.try_get::<_, i64>(column);
        wide.or_else(|_| self.try_get::<_, i32>(column).map(i64::from))
            .map_err(|_| BadColumn::new(name(self, column), "whole number"))
    }

    fn octets(&self, column: usize) -> Result<&[u8], BadColumn> {
        self.try_get(column).map_err(|_| BadColumn::new(name(self, column), "octets"))
    }

    fn text(&self, column: usize) -> Result<Option<&str>, BadColumn> {
        self.try_get(column).map_err(|_| BadColumn::new(name(self, column), "text"))
    }

    fn record(&self) -> Result<Record, BadColumn> {
        (0..self.len()).map(|column| datum(self, column)).collect::<Result<_, _>>().map(Record::new)
    }
}

fn datum(row: &Row, column: usize) -> Result<Datum, BadColumn> {
    let kind = row.columns()[column].type_();
    let datum = if *kind == Type::INT4 {
        row.try_get::<_, Option<i32>>(column).map(|number| number.map(|number| Datum::Number(number.into())))
    } else if *kind == Type::INT8 {
        row.try_get::<_, Option<i64>>(column).map(|number| number.map(Datum::Number))
    } else if *kind == Type::BYTEA {
        row.try_get::<_, Option<Vec<u8>>>(column).map(|octets| octets.map(Datum::Octets))
    } else {
        row.try_get::<_, Option<String>>(column).map(|text| text.map(Datum::Text))
    };
    let datum = datum.map_err(|_| BadColumn::new(name(row, column), "number, text or octets"))?;
    Ok(datum.unwrap_or(Datum::Null))
}

/// The column's name as far as an error may hold it.
fn name(row: &Row, column: usize) -> &'static str {
    const NAMES: [&str; 8] =
        ["subject", "created_at", "last_seen_at", "expires_at", "address", "version", "record", "id"];
    let found = row.columns().get(column).map(tokio_postgres::Column::name);
    NAMES.into_iter().find(|name| Some(*name) == found).unwrap_or("of an answer")
}
