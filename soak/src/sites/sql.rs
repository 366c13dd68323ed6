//! PostgreSQL and MariaDB: two nodes, one of them on a bad line.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

use std::sync::Arc;
use std::time::Duration;

use cloakroom_sql::{MySqlStore, PostgresStore, ServerOptions};
use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::line;
use crate::site::Site;
use crate::trouble::Trouble;

/// How long an operation may take, and a new connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// Longer than that.
const PAUSE: Duration = Duration::from_millis(1_800);

/// A kill takes nothing from the page cache, and no machine loses its power here.
fn options() -> ServerOptions {
    ServerOptions::default()
        .operation_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .insecure_with_lossy_commits()
}

/// A server and a line to it.
pub(crate) struct SqlSite<D> {
    server: D,
    lines: [FaultProxy; 1],
}

pub(crate) type PostgresSite = SqlSite<Postgres>;
pub(crate) type MariaDbSite = SqlSite<MariaDb>;

/// A server, and what it takes to make one node more.
macro_rules! sql_site {
    ($server:ty, $store:ty, $start:expr, $fresh:expr, $judged:expr) => {
        impl Site for SqlSite<$server> {
            type Store = $store;

            async fn start(seed: u64) -> Result<Self, Trouble> {
                let server: $server = block_in_place($start)?;
                let lines = [line::to(server.port(), seed).await?];
                Ok(Self { server, lines })
            }

            fn faults(_: u64) -> Vec<Fault> {
                vec![Fault::Cut, Fault::Kill, Fault::Pause]
            }

            fn lines(&self) -> &[FaultProxy] {
                &self.lines
            }

            async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<Self::Store>>, Trouble> {
                let fresh: fn(&$server, &str) -> Result<String, Trouble> = $fresh;
                let straight = block_in_place(|| fresh(&self.server, &format!("round_{round}")))?;
                let port = |port: u16| format!(":{port}");
                let server = port(self.server.port());
                let bent = straight.replacen(&server, &port(self.lines[0].address().port()), 1);
                let mut nodes = Vec::new();
                for url in [straight, bent] {
                    let store = <$store>::open_with(&url, options()).await.map_err(Trouble::open)?;
                    nodes.push(Arc::new(store));
                }
                Ok(nodes)
            }

            async fn suffer(&mut self, fault: Fault, _: u64) -> Result<(), Trouble> {
                match fault {
                    Fault::Kill => block_in_place(|| {
                        self.server.kill();
                        self.server.start_again()
                    })?,
                    Fault::Pause => {
                        block_in_place(|| self.server.pause());
                        sleep(PAUSE).await;
                        self.server.resume();
                    }
                    _ => line::cut(&self.lines),
                }
                Ok(())
            }

            fn judged(storm: Storm, _: &[Fault]) -> Storm {
                let judged: fn(Storm) -> Storm = $judged;
                judged(storm)
            }

            async fn storm(
                storm: Storm,
                nodes: &[Arc<Self::Store>],
                trouble: impl Future<Output = ()>,
            ) -> Result<Report, Broken> {
                storm.on_indexed_amid(nodes, trouble).await
            }
        }
    };
}

sql_site!(
    Postgres,
    PostgresStore,
    || Postgres::start(&PostgresSettings { fsync: false, ..PostgresSettings::default() }),
    |server, name| Ok(server.create_schema(name)?),
    // Activity does not wait for the disk there, which the server is killed before.
    Storm::of_a_store_that_may_lose_touches
);

sql_site!(
    MariaDb,
    MySqlStore,
    || MariaDb::start(&MariaDbSettings { fsync: false, ..MariaDbSettings::default() }),
    |server, name| {
        server.create_database(name)?;
        Ok(server.url(name))
    },
    |storm| storm
);
