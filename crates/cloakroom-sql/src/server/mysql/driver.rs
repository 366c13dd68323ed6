//! From an address to connections that are set up.

use std::fmt;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};

use super::connection::MySqlConnection;
use super::error::trouble;
use crate::server::address::{Address, Spelling, Tls};
use crate::server::driver::Driver;
use crate::server::trouble::Trouble;

/// How addresses of MySQL are written; the parameters are those of its own programs.
pub(in crate::server) const SPELLING: Spelling = Spelling {
    schemes: &["mysql", "mariadb"],
    port: 3306,
    tls: "ssl-mode",
    authority: "ssl-ca",
    socket: "socket",
    options: None,
    example: "mysql://user:password@host:3306/database?ssl-mode=VERIFY_IDENTITY",
};

/// When a silent connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// More than a row has. Said here, or every connection would begin by asking for it.
const PACKET_OCTETS_MAX: usize = 16 << 20;

/// How long the server keeps a connection that does nothing; far longer than [`Driver::IDLE_MAX`].
const WAIT_SECONDS: usize = 3600;

/// Makes connections to one database.
pub(in crate::server) struct MySql {
    address: Address,
    options: Opts,
}

impl MySql {
    /// A driver for this database.
    pub(in crate::server) fn new(address: Address) -> Self {
        let builder = OptsBuilder::default()
            .ip_or_hostname(address.host.as_str())
            .tcp_port(address.port)
            .socket(address.socket.as_ref().map(|path| path.to_string_lossy().into_owned()))
            // Who names a host means it, and not a socket that the server tells of.
            .prefer_socket(false)
            .user(Some(address.user.as_str()))
            .pass(address.password.as_deref())
            .db_name(Some(address.database.as_str()))
            .tcp_keepalive(Some(KEEPALIVE))
            .max_allowed_packet(Some(PACKET_OCTETS_MAX))
            .wait_timeout(Some(WAIT_SECONDS))
            .ssl_opts(tls(&address.tls));
        Self { options: builder.into(), address }
    }
}

fn tls(tls: &Tls) -> Option<SslOpts> {
    let Tls::Verified { authority } = tls else { return None };
    // The driver takes the provider of the process, which there is only if the application has chosen one or just one is
    // built in.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that the application has chosen one just now.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let options = SslOpts::default();
    Some(match authority {
        Some(file) => options.with_disable_built_in_roots(true).with_root_certs(vec![file.clone().into()]),
        None => options,
    })
}

impl Driver for MySql {
    type Connection = MySqlConnection;

    const NAME: &'static str = "mysql";

    /// The driver does not look at a connection that nobody uses, so that one that was closed meanwhile is an error. A server
    /// keeps them for hours; what is between may not.
    const IDLE_MAX: Duration = Duration::from_secs(30);

    async fn connect(&self, limit: Duration) -> Result<MySqlConnection, Trouble> {
        let mut connection = Conn::new(self.options.clone()).await.map_err(trouble)?;
        let seconds = limit.as_secs().max(1);
        // Whatever the server or the user has as its default. READ COMMITTED, since a transaction of ours locks what it goes
        // by, and needs no locks on the gaps between. A connection that is left in a transaction, as by a process that is
        // stopped, must not hold its locks for ever; only MariaDB can be told so.
        let setup = format!(
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
             SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
                 innodb_lock_wait_timeout = {seconds}, wait_timeout = {WAIT_SECONDS}
                 /*M!100300 , max_statement_time = {seconds}, idle_transaction_timeout = {seconds} */"
        );
        connection.query_drop(setup).await.map_err(trouble)?;
        Ok(MySqlConnection::new(connection))
    }
}

impl fmt::Debug for MySql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MySql").field(&self.address).finish()
    }
}
