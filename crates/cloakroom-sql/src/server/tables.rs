//! Tables of an application's own on a database server.

use cloakroom_core::store::{RowBody, StoreError};

use super::connect_error::ConnectError;
use super::driver::{Connection, Driver};
use super::options::ServerOptions;
use super::pool::Pool;
use super::statements::{BEGIN, COMMIT, ROLLBACK};
use super::trouble::Trouble;
use super::value::{Columns, Value};
use super::work::{Reading, Work};
use crate::component::Component;
use crate::tables::{Changed, Datum, Part, Record};

/// Tables on a server, by connections of their own or by those of a store.
#[derive(Clone, Debug)]
pub(crate) struct ServerTables(Server);

#[derive(Clone, Debug)]
enum Server {
    #[cfg(feature = "postgres")]
    Postgres(Pool<super::postgres::Postgres>),
    #[cfg(feature = "mysql")]
    MySql(Pool<super::mysql::MySql>),
}

/// Statements over the same values, all or none of them.
#[derive(Debug)]
struct Change {
    parts: &'static [Part],
    values: Vec<Value>,
}

impl ServerTables {
    #[cfg(feature = "postgres")]
    pub(crate) async fn open_postgres(
        address: &str,
        options: ServerOptions,
        component: Component,
    ) -> Result<Self, ConnectError> {
        let connections = options.connections_max.get();
        let (address, pool) = super::opening::postgres(address, connections, options)?;
        Self::of_postgres(&address, &pool, component).await
    }

    #[cfg(feature = "mysql")]
    pub(crate) async fn open_mysql(
        address: &str,
        options: ServerOptions,
        component: Component,
    ) -> Result<Self, ConnectError> {
        let connections = options.connections_max.get();
        let (address, pool) = super::opening::mysql(address, connections, options)?;
        Self::of_mysql(&address, &pool, component).await
    }

    /// On connections that are there.
    #[cfg(feature = "postgres")]
    pub(super) async fn of_postgres(
        address: &str,
        pool: &Pool<super::postgres::Postgres>,
        component: Component,
    ) -> Result<Self, ConnectError> {
        super::opening::prepared(address, pool, component).await?;
        Ok(Self(Server::Postgres(pool.clone())))
    }

    /// On connections that are there.
    #[cfg(feature = "mysql")]
    pub(super) async fn of_mysql(
        address: &str,
        pool: &Pool<super::mysql::MySql>,
        component: Component,
    ) -> Result<Self, ConnectError> {
        super::opening::prepared(address, pool, component).await?;
        Ok(Self(Server::MySql(pool.clone())))
    }

    pub(crate) async fn read(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Datum>,
    ) -> Result<Vec<Record>, StoreError> {
        match &self.0 {
            #[cfg(feature = "postgres")]
            Server::Postgres(pool) => read(pool, operation, statement, values).await,
            #[cfg(feature = "mysql")]
            Server::MySql(pool) => read(pool, operation, statement, values).await,
        }
    }

    pub(crate) async fn change(
        &self,
        operation: &'static str,
        parts: &'static [Part],
        values: Vec<Datum>,
    ) -> Result<Changed, StoreError> {
        match &self.0 {
            #[cfg(feature = "postgres")]
            Server::Postgres(pool) => change(pool, operation, parts, values).await,
            #[cfg(feature = "mysql")]
            Server::MySql(pool) => change(pool, operation, parts, values).await,
        }
    }
}

async fn read<D: Driver>(
    pool: &Pool<D>,
    operation: &'static str,
    statement: &'static str,
    values: Vec<Datum>,
) -> Result<Vec<Record>, StoreError> {
    let failed = |trouble: Trouble| trouble.in_operation(D::NAME, operation);
    let values = values.into_iter().map(Value::from).collect();
    let rows = pool.read(Reading { statement, values }).await.map_err(failed)?;
    let records = rows.iter().map(Columns::record).collect::<Result<_, _>>();
    records.map_err(|column| failed(column.into()))
}

async fn change<D: Driver>(
    pool: &Pool<D>,
    operation: &'static str,
    parts: &'static [Part],
    values: Vec<Datum>,
) -> Result<Changed, StoreError> {
    let values = values.into_iter().map(Value::from).collect();
    let changed = pool.run(Change { parts, values }).await;
    changed.map_err(|trouble| trouble.in_operation(D::NAME, operation))
}

impl<C: Connection> Work<C> for Change {
    type Output = Changed;

    /// A single statement is a transaction by itself.
    async fn run(&self, connection: &mut C) -> Result<Changed, Trouble> {
        if let [part] = self.parts {
            let written = connection.ask(part.statement(), &self.values).await?.written;
            return Ok(if part.is_met_by(written) { Changed::Done } else { Changed::Undone });
        }
        connection.ask_all(&[BEGIN], &[]).await?;
        for part in self.parts {
            let written = connection.ask(part.statement(), &self.values).await?.written;
            if !part.is_met_by(written) {
                connection.ask_all(&[ROLLBACK], &[]).await?;
                return Ok(Changed::Undone);
            }
        }
        connection.ask_all(&[COMMIT], &[]).await?;
        Ok(Changed::Done)
    }
}

impl From<Datum> for Value {
    fn from(datum: Datum) -> Self {
        match datum {
            Datum::Null => Self::Null,
            Datum::Number(number) => Self::Number(number),
            Datum::Text(text) => Self::Text(text),
            Datum::Octets(octets) => Self::Octets(RowBody::from_slice(&octets)),
        }
    }
}
