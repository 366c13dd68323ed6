//! From an address to connections that are set up.

use std::fmt;
use std::io;
use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt, poll_fn};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::SslMode;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, NoTls};

use super::connection::PostgresConnection;
use super::error::trouble;
use super::tls::{Connector, connector};
use crate::server::address::{Address, Spelling};
use crate::server::driver::Driver;
use crate::server::trouble::Trouble;

/// How addresses of PostgreSQL are written; the parameters are those of its own programs.
pub(in crate::server) const SPELLING: Spelling = Spelling {
    schemes: &["postgres", "postgresql"],
    port: 5432,
    tls: "sslmode",
    authority: "sslrootcert",
    socket: "host",
    options: Some("options"),
    example: "postgres://user:password@host:5432/database?sslmode=verify-full",
};

/// When a silent connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What a server sends on a connection besides answers. Octets move in either direction only while somebody waits for the next.
pub(super) type Messages = BoxStream<'static, Result<AsyncMessage, Error>>;

/// Makes connections to one database.
pub(in crate::server) struct Postgres {
    address: Address,
    config: Config,
    tls: Option<Connector>,
    tells_nodes: bool,
}

impl Postgres {
    /// A driver for this database, whose connections tell other nodes of changes or do not.
    pub(in crate::server) fn new(address: Address, tells_nodes: bool) -> io::Result<Self> {
        let mut config = Config::new();
        match &address.socket {
            Some(folder) => config.host_path(folder),
            None => config.host(&address.host),
        };
        config.port(address.port).user(&address.user).dbname(&address.database);
        if let Some(password) = &address.password {
            config.password(password);
        }
        if let Some(options) = &address.options {
            config.options(options);
        }
        config.application_name("cloakroom").keepalives_idle(KEEPALIVE);
        let tls = connector(&address.tls)?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        Ok(Self { address, config, tls, tells_nodes })
    }

    /// A client, while a task of its own moves the octets.
    async fn client(&self) -> Result<Client, Error> {
        let (client, messages) = self.line().await?;
        tokio::spawn(report(messages));
        Ok(client)
    }

    /// A client, and what moves its octets.
    pub(super) async fn line(&self) -> Result<(Client, Messages), Error> {
        if let Some(tls) = &self.tls {
            let (client, connection) = self.config.connect(tls.clone()).await?;
            return Ok((client, messages(connection)));
        }
        let (client, connection) = self.config.connect(NoTls).await?;
        Ok((client, messages(connection)))
    }
}

impl Driver for Postgres {
    type Connection = PostgresConnection;

    const NAME: &'static str = "postgres";

    /// The driver sees when a connection is closed, even while nobody uses it.
    const IDLE_MAX: Duration = Duration::from_mins(10);

    async fn connect(&self, limit: Duration) -> Result<PostgresConnection, Trouble> {
        let client = self.client().await.map_err(trouble)?;
        // Whatever the server, the database or the user has as its default. A connection that is left in a transaction, as by
        // a process that is stopped, must not hold its locks for ever.
        let limit_ms = limit.as_millis();
        let setup = format!(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
             SET statement_timeout = {limit_ms};
             SET idle_in_transaction_session_timeout = {limit_ms};
             SET default_transaction_isolation = 'read committed';
             SET client_min_messages = warning"
        );
        client.batch_execute(&setup).await.map_err(trouble)?;
        Ok(PostgresConnection::new(client, self.tells_nodes))
    }
}

fn messages<S, T>(mut connection: Connection<S, T>) -> Messages
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    poll_fn(move |context| connection.poll_message(context)).boxed()
}

async fn report(mut messages: Messages) {
    while let Some(message) = messages.next().await {
        if let Err(error) = message {
            // Whoever used it got the same as an error.
            tracing::debug!(%error, "a connection to the session database ended");
            return;
        }
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Postgres").field(&self.address).finish()
    }
}
