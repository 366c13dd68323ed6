//! PostgreSQL, with a schema for each test.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};

use cloakroom_sql::{ConnectError, PostgresStore, ServerOptions};
use cloakroom_test_servers::{Postgres, PostgresSettings};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::database::{Database, patient};

/// So many schemas were made.
static SCHEMAS: AtomicU32 = AtomicU32::new(0);

impl Database for Postgres {
    type Store = PostgresStore;

    fn start_in(timezone: &'static str) -> Self {
        let more = vec![("max_connections", "200".to_owned())];
        Self::start(&PostgresSettings { timezone, fsync: false, more, files: Vec::new() })
            .expect("PostgreSQL starts")
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
        self.start_again().expect("PostgreSQL starts again");
    }

    fn port(&self) -> u16 {
        self.port()
    }

    async fn fresh(&self) -> String {
        let schema = format!("test_{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
        let url = self.url("postgres");
        Self::run(&url, &format!("CREATE SCHEMA {schema}")).await;
        format!("{url}?options=-csearch_path%3D{schema}")
    }

    fn options() -> ServerOptions {
        let six = const { NonZeroUsize::new(6).expect("six is not zero") };
        patient(ServerOptions::default().connections_max(six).insecure_with_lossy_commits())
    }

    async fn open_with(url: &str, options: ServerOptions) -> Result<PostgresStore, ConnectError> {
        PostgresStore::open_with(url, options).await
    }

    /// As on a standby server.
    async fn for_reading(&self, url: &str) -> String {
        format!("{url}%20-cdefault_transaction_read_only%3Don")
    }

    async fn run(url: &str, statements: &str) {
        client(url).await.batch_execute(statements).await.expect("statements of a test are right");
    }

    async fn query(url: &str, statement: &str) -> Vec<Vec<Option<String>>> {
        let messages = client(url).await.simple_query(statement).await.expect("the query is right");
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| (0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect()).collect()
    }
}

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the server is there");
    tokio::spawn(connection);
    client
}
