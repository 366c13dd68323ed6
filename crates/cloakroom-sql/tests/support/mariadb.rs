//! MariaDB, with a database for each test.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};

use cloakroom_sql::{ConnectError, MySqlStore, ServerOptions};
use cloakroom_test_servers::{MariaDb, MariaDbSettings};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row, Value};

use super::database::{Database, patient};

/// So many databases were made.
static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Database for MariaDb {
    type Store = MySqlStore;

    fn start_in(default_time_zone: &'static str) -> Self {
        let more = vec!["--max-connections=300".to_owned()];
        Self::start(&MariaDbSettings { default_time_zone, fsync: false, more, files: Vec::new() })
            .expect("MariaDB starts")
    }

    fn kill(&mut self) {
        self.kill();
    }

    fn pause(&self) {
        self.pause();
    }

    fn resume(&self) {
        self.resume();
    }

    fn restart(&mut self) {
        self.start_again().expect("MariaDB starts again");
    }

    fn port(&self) -> u16 {
        self.port()
    }

    async fn fresh(&self) -> String {
        let database = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        Self::run(&self.url("mysql"), &format!("CREATE DATABASE {database}")).await;
        self.url(&database)
    }

    fn options() -> ServerOptions {
        let six = const { NonZeroUsize::new(6).expect("six is not zero") };
        patient(ServerOptions::default().connections_max(six))
    }

    async fn open_with(url: &str, options: ServerOptions) -> Result<MySqlStore, ConnectError> {
        MySqlStore::open_with(url, options).await
    }

    /// The whole server is then as a replica is, for all but `root`.
    async fn for_reading(&self, url: &str) -> String {
        let grants = "CREATE USER app@localhost; GRANT ALL ON *.* TO app@localhost;
            REVOKE SUPER, READ ONLY ADMIN ON *.* FROM app@localhost; SET GLOBAL read_only = 1";
        Self::run(url, grants).await;
        url.replacen("root@", "app@", 1)
    }

    async fn run(url: &str, statements: &str) {
        client(url).await.query_drop(statements).await.expect("statements of a test are right");
    }

    async fn query(url: &str, statement: &str) -> Vec<Vec<Option<String>>> {
        let rows: Vec<Row> = client(url).await.query(statement).await.expect("the query is right");
        rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect()
    }
}

async fn client(url: &str) -> Conn {
    Conn::new(Opts::from_url(url).expect("an address")).await.expect("the server is there")
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Bytes(text) => Some(String::from_utf8_lossy(&text).into_owned()),
        _ => None,
    }
}
