//! How a database without our tables, or with those of an earlier release, comes to have them.

use std::time::Duration;

use super::connect_error::ConnectTrouble;
use super::driver::{Connection, Driver};
use super::pool::Pool;
use super::statements::{BEGIN, COMMIT, MIGRATED, NOTE_MIGRATION, ROLLBACK};
use super::trouble::Trouble;
use super::value::{Columns, Value};
use crate::component::Component;

/// How long making the tables may take, the wait for another instance that makes them included.
const PATIENCE: Duration = Duration::from_mins(10);

/// Sees whether the server is fit, and brings the tables of a component to the newest version.
///
/// Of several instances that start together one does it and the others find it done: the version is read again under a lock.
/// A database that needs nothing is not written to, so that its user need not be allowed to make tables.
pub(super) async fn prepare<D: Driver>(pool: &Pool<D>, component: Component) -> Result<(), ConnectTrouble> {
    let mut connection = pool.connect(PATIENCE).await?;
    connection.check_server(pool.options().accepts_lossy_commits).await?;
    let work = migrate(&mut connection, component);
    // The connection ends with this, and the lock with the connection, however it went.
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(ConnectTrouble::TimedOut))
}

async fn migrate<C: Connection>(connection: &mut C, component: Component) -> Result<(), ConnectTrouble> {
    if version(connection, component).await? == component.known() {
        return Ok(());
    }
    connection.ask_all(&[BEGIN], &[]).await?;
    connection.ask_all(&[C::DIALECT.lock_migrations], &[]).await?;
    connection.ask_all(&[C::DIALECT.migrations_table], &[]).await?;
    let found = version(connection, component).await?;
    let mut steps = (1..).zip(component.steps).skip(found as usize).peekable();
    if steps.peek().is_none() {
        connection.ask_all(&[ROLLBACK], &[]).await?;
        return Ok(());
    }
    for (number, step) in steps {
        connection.run_script(step).await?;
        connection.ask_all(&[NOTE_MIGRATION], &[name(component), Value::Number(number)]).await?;
    }
    connection.ask_all(&[COMMIT], &[]).await?;
    Ok(())
}

fn name(component: Component) -> Value {
    Value::Text(component.name.to_owned())
}

/// The version of a component's tables, 0 where there are none.
async fn version<C: Connection>(connection: &mut C, component: Component) -> Result<u32, ConnectTrouble> {
    if first_row(connection, C::DIALECT.has_migrations_table, &[]).await?.is_none() {
        return Ok(0);
    }
    let row = first_row(connection, MIGRATED, &[name(component)]).await?;
    let found = row.map(|row| row.number(0)).transpose().map_err(Trouble::from)?.unwrap_or(0);
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    let known = component.known();
    if found > known { Err(ConnectTrouble::Newer { found, known }) } else { Ok(found) }
}

async fn first_row<C: Connection>(
    connection: &mut C,
    statement: &'static str,
    values: &[Value],
) -> Result<Option<C::Row>, Trouble> {
    Ok(connection.ask_all(&[statement], values).await?.swap_remove(0).rows.into_iter().next())
}
