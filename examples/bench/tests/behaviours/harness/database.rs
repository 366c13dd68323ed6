//! The `SQLite` file seen from outside, as whoever copies or damages it sees it.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;

/// A second connection to the program's database.
pub(crate) struct Database(rusqlite::Connection);

/// One stored value and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) value: Value,
    /// The row: columns that name it, with their values.
    key: Vec<(String, Value)>,
}

impl Cell {
    /// The value as octets.
    pub(crate) fn octets(&self) -> Vec<u8> {
        match &self.value {
            Value::Null => Vec::new(),
            Value::Integer(integer) => integer.to_be_bytes().to_vec(),
            Value::Real(real) => real.to_be_bytes().to_vec(),
            Value::Text(text) => text.as_bytes().to_vec(),
            Value::Blob(blob) => blob.clone(),
        }
    }

    /// Whether both are values of one row.
    pub(crate) fn same_row(&self, other: &Self) -> bool {
        self.table == other.table && self.key == other.key
    }

    pub(crate) fn is_blob(&self) -> bool {
        matches!(self.value, Value::Blob(_))
    }
}

impl Database {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = rusqlite::Connection::open(path).expect("the database can be opened");
        connection.busy_timeout(Duration::from_secs(10)).expect("a timeout can be set");
        connection.pragma_update(None, "ignore_check_constraints", true).expect("checks can be switched off");
        Self(connection)
    }

    /// Every value of every row of every table.
    pub(crate) fn cells(&self) -> Vec<Cell> {
        self.tables().iter().flat_map(|table| self.cells_of(table)).collect()
    }

    /// Overwrites one value.
    pub(crate) fn overwrite(&self, cell: &Cell, value: impl Into<Value>) {
        let Cell { table, column, key, .. } = cell;
        let conditions: Vec<String> = key.iter().map(|(name, _)| format!("\"{name}\" IS ?")).collect();
        let sql = format!("UPDATE \"{table}\" SET \"{column}\" = ? WHERE {}", conditions.join(" AND "));
        let values = std::iter::once(value.into()).chain(key.iter().map(|(_, value)| value.clone()));
        let changed =
            self.0.execute(&sql, rusqlite::params_from_iter(values)).expect("a value can be overwritten");
        assert_eq!(changed, 1, "{table}.{column}");
    }

    fn tables(&self) -> Vec<String> {
        self.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }

    fn cells_of(&self, table: &str) -> Vec<Cell> {
        let mut names = self.texts(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0"));
        if names.is_empty() {
            names.push("rowid".to_owned());
        }
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let sql = format!("SELECT {}, * FROM \"{table}\"", quoted.join(", "));
        let mut statement = self.0.prepare(&sql).expect("a table can be read");
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let rows = statement.query_map((), |row| {
            let key: rusqlite::Result<Vec<(String, Value)>> =
                names.iter().enumerate().map(|(index, name)| Ok((name.clone(), row.get(index)?))).collect();
            let key = key?;
            let cell = |index: usize| {
                let value = row.get(index)?;
                Ok(Cell { table: table.to_owned(), column: columns[index].clone(), value, key: key.clone() })
            };
            (names.len()..columns.len()).map(cell).collect::<rusqlite::Result<Vec<_>>>()
        });
        let rows: rusqlite::Result<Vec<Vec<Cell>>> = rows.expect("a table can be read").collect();
        rows.expect("a row can be read").into_iter().flatten().collect()
    }

    /// The one column of a query for texts.
    fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.0.prepare(sql).expect("the schema can be read");
        let texts = statement.query_map((), |row| row.get(0)).expect("the schema can be read");
        texts.map(|text| text.expect("a name is text")).collect()
    }
}
