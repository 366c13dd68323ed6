//! How a database without our tables, or with those of an earlier release, comes to have them.

use std::time::Duration;

use super::connect_error::ConnectTrouble;
use super::driver::{Connection, Driver};
use super::pool::Pool;
use super::statements::{BEGIN, COMMIT, MIGRATED, NOTE_MIGRATION, ROLLBACK};
use super::trouble::Trouble;
use super::value::{Columns, Value};

/// How long making the tables may take, the wait for another instance that makes them included.
const PATIENCE: Duration = Duration::from_mins(10);

/// Sees whether the server is fit, and brings the tables to the newest version.
///
/// Of several instances that start together one does it and the others find it done: the version is read again under a lock.
/// A database that needs nothing is not written to, so that its user need not be allowed to make tables.
pub(super) async fn prepare<D: Driver>(pool: &Pool<D>) -> Result<(), ConnectTrouble> {
    let mut connection = pool.connect(PATIENCE).await?;
    connection.check_server(pool.options().accepts_lossy_commits).await?;
    let work = migrate(&mut connection);
    // The connection ends with this, and the lock with the connection, however it went.
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(ConnectTrouble::TimedOut))
}

async fn migrate<C: Connection>(connection: &mut C) -> Result<(), ConnectTrouble> {
    if version(connection).await? == known::<C>() {
        return Ok(());
    }
    connection.ask_all(&[BEGIN], &[]).await?;
    connection.ask_all(&[C::DIALECT.lock_migrations], &[]).await?;
    connection.ask_all(&[C::DIALECT.migrations_table], &[]).await?;
    let found = version(connection).await?;
    let mut steps = (1..).zip(C::DIALECT.steps).skip(found as usize).peekable();
    if steps.peek().is_none() {
        connection.ask_all(&[ROLLBACK], &[]).await?;
        return Ok(());
    }
    for (number, step) in steps {
        connection.run_script(step).await?;
        connection.ask_all(&[NOTE_MIGRATION], &[Value::Number(number)]).await?;
    }
    connection.ask_all(&[COMMIT], &[]).await?;
    Ok(())
}

/// The latest version that this release knows.
fn known<C: Connection>() -> u32 {
    u32::try_from(C::DIALECT.steps.len()).expect("there are few steps")
}

/// The version of the tables, 0 where there are none.
async fn version<C: Connection>(connection: &mut C) -> Result<u32, ConnectTrouble> {
    if first_row(connection, C::DIALECT.has_migrations_table).await?.is_none() {
        return Ok(0);
    }
    let row = first_row(connection, MIGRATED).await?;
    let found = row.map(|row| row.number(0)).transpose().map_err(Trouble::from)?.unwrap_or(0);
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > known::<C>() { Err(ConnectTrouble::Newer { found, known: known::<C>() }) } else { Ok(found) }
}

async fn first_row<C: Connection>(
    connection: &mut C,
    statement: &'static str,
) -> Result<Option<C::Row>, Trouble> {
    Ok(connection.ask_all(&[statement], &[]).await?.swap_remove(0).rows.into_iter().next())
}
