//! Tables of an application's own in an SQLite file.

use std::path::Path;

use cloakroom_core::store::{ErrorKind, StoreError};
use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use rusqlite::types::{ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{CachedStatement, Connection, Row};

use super::SqliteStore;
use super::database::Database;
use super::error::BACKEND;
use super::job::Class;
use super::open_error::OpenError;
use super::opening::on_a_thread;
use crate::component::Component;
use crate::tables::{Changed, Datum, Part, Record};
use crate::template::{Piece, pieces};

/// Tables in a file, read and written as its sessions are.
#[derive(Clone, Debug)]
pub(crate) struct SqliteTables {
    database: Database,
}

/// A unique index is violated; nothing was written.
struct Taken;

impl SqliteTables {
    /// Opens a file for them alone.
    pub(crate) async fn open(path: &Path, component: Component) -> Result<Self, OpenError> {
        let opened = on_a_thread(path, move |path| Database::open(path, component)).await?;
        Ok(Self { database: opened })
    }

    /// In the file of a store.
    pub(crate) async fn beside(store: &SqliteStore, component: Component) -> Result<Self, OpenError> {
        store.database().add_tables(component).await?;
        Ok(Self { database: store.database().clone() })
    }

    pub(crate) async fn read(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Datum>,
    ) -> Result<Vec<Record>, StoreError> {
        self.database.read_long(operation, move |connection| rows(connection, statement, &values)).await
    }

    /// A writer's transaction holds the writes of others too, so that a change that does not come about is undone by itself.
    pub(crate) async fn change(
        &self,
        operation: &'static str,
        parts: &'static [Part],
        values: Vec<Datum>,
    ) -> Result<Changed, StoreError> {
        let work = move |connection: &Connection| {
            connection.execute_batch("SAVEPOINT change")?;
            let outcome = match carry_out(connection, parts, &values) {
                Err(error) if is_taken(&error) => Err(Taken),
                outcome => Ok(outcome?),
            };
            if !matches!(outcome, Ok(Changed::Done)) {
                connection.execute_batch("ROLLBACK TO change")?;
            }
            connection.execute_batch("RELEASE change")?;
            Ok(outcome)
        };
        let outcome = self.database.write(operation, Class::Durable, work).await?;
        outcome.map_err(|Taken| StoreError::new(ErrorKind::Duplicate, BACKEND, operation))
    }
}

fn carry_out(connection: &Connection, parts: &[Part], values: &[Datum]) -> rusqlite::Result<Changed> {
    for part in parts {
        let written = prepared(connection, part.statement(), values)?.raw_execute()?;
        if !part.is_met_by(written as u64) {
            return Ok(Changed::Undone);
        }
    }
    Ok(Changed::Done)
}

fn rows(connection: &Connection, statement: &str, values: &[Datum]) -> rusqlite::Result<Vec<Record>> {
    let mut statement = prepared(connection, statement, values)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(Record::new((0..columns).map(|column| datum(row, column)).collect::<Result<_, _>>()?));
    }
    Ok(records)
}

/// The statement with its values, numbered as SQLite wants them.
fn prepared<'c>(
    connection: &'c Connection,
    statement: &str,
    values: &[Datum],
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut numbered = String::with_capacity(statement.len());
    for piece in pieces(statement) {
        match piece {
            Piece::Text(text) => numbered.push_str(text),
            Piece::Parameter(index) => {
                numbered.push('?');
                numbered.push_str(&(index + 1).to_string());
            }
        }
    }
    let mut statement = connection.prepare_cached(&numbered)?;
    // Those after the last that occurs have no place.
    for (place, value) in (1..=statement.parameter_count()).zip(values) {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement)
}

fn datum(row: &Row<'_>, column: usize) -> rusqlite::Result<Datum> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Datum::Null,
        ValueRef::Integer(number) => Datum::Number(number),
        text @ ValueRef::Text(_) => Datum::Text(text.as_str()?.to_owned()),
        ValueRef::Blob(octets) => Datum::Octets(octets.to_owned()),
        ValueRef::Real(_) => {
            return Err(rusqlite::Error::InvalidColumnType(column, String::new(), Type::Real));
        }
    })
}

fn is_taken(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].contains(&code))
}

impl ToSql for Datum {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Octets(octets) => ValueRef::Blob(octets),
        }))
    }
}
