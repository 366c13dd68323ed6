//! How a file without our tables, or with those of an earlier release, comes to have them.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::open_error::OpenTrouble;
use super::schema::APPLICATION_ID;
use crate::component::Component;

/// Where the file keeps the version of each component's tables.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS cloakroom_migrations (
    -- Whose tables, and which step has been taken.
    component TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (component, version)
) STRICT, WITHOUT ROWID";

/// Brings the tables of a component to the newest version, all or nothing.
///
/// Of several processes that start together one does it and the others find it done: the lock is taken before the
/// version is read again. A file that needs nothing is not written, so no lock is taken for it.
pub(super) fn migrate(connection: &mut Connection, component: Component) -> Result<(), OpenTrouble> {
    if version(connection, component)? == component.known() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_empty(&transaction)? {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.execute_batch(TABLE)?;
    let found = version(&transaction, component)?;
    for (step, number) in component.steps.iter().zip(1..=component.known()).skip(found as usize) {
        transaction.execute_batch(step)?;
        transaction.execute("INSERT INTO cloakroom_migrations VALUES (?1, ?2)", (component.name, number))?;
    }
    transaction.commit()?;
    Ok(())
}

/// The version of a component's tables in the file, 0 when it has none.
fn version(connection: &Connection, component: Component) -> Result<u32, OpenTrouble> {
    const HAS_TABLE: &str =
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'cloakroom_migrations'";
    const VERSION: &str = "SELECT coalesce(max(version), 0) FROM cloakroom_migrations WHERE component = ?1";
    if connection.query_row(HAS_TABLE, (), |_| Ok(())).optional()?.is_none() {
        return Ok(0);
    }
    let found = connection.query_row(VERSION, [component.name], |row| row.get(0))?;
    let known = component.known();
    if found > known { Err(OpenTrouble::Newer { found, known }) } else { Ok(found) }
}

/// Whether the file has no table of anybody: only such a file becomes marked as ours.
fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", (), |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::schema::COMPONENT;

    #[test]
    fn a_file_of_this_version_is_left_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        let changes = connection.total_changes();
        migrate(&mut connection, COMPONENT).unwrap();
        assert_eq!(connection.total_changes(), changes);
    }

    #[test]
    fn tables_of_a_newer_version_are_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        connection.execute("INSERT INTO cloakroom_migrations VALUES ('sessions', 99)", ()).unwrap();
        assert!(matches!(
            migrate(&mut connection, COMPONENT),
            Err(OpenTrouble::Newer { found: 99, known: 1 })
        ));
    }

    #[test]
    fn tables_of_other_components_may_be_of_any_version() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
        connection.execute("INSERT INTO cloakroom_migrations VALUES ('accounts', 99)", ()).unwrap();
        migrate(&mut connection, COMPONENT).unwrap();
    }

    #[test]
    fn a_failed_step_leaves_no_table_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE revocations (mine INTEGER)").unwrap();
        assert!(matches!(migrate(&mut connection, COMPONENT), Err(OpenTrouble::Sqlite { .. })));
        let tables: u32 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn only_a_file_without_tables_of_others_is_marked_as_ours() {
        for (tables, id) in [("", APPLICATION_ID), ("CREATE TABLE theirs (a INTEGER)", 0)] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(tables).unwrap();
            migrate(&mut connection, COMPONENT).unwrap();
            let found: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
            assert_eq!(found, id, "{tables}");
        }
    }
}
