//! One Redis: two nodes, one of them on a bad line.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_redis::{RedisOpenError, RedisStore};
use cloakroom_test_servers::{RedisServer, RedisSetup};
use cloakroom_testkit::proxy::FaultProxy;
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::line;
use crate::site::Site;
use crate::trouble::Trouble;

/// How long nodes wait.
pub(super) const IMPATIENT: &str = "connect_ms=400&answer_ms=500";

/// Longer than that.
pub(super) const PAUSE: Duration = Duration::from_millis(1_200);

/// A store for a round, below a prefix of its own, as soon as the servers take it.
pub(super) async fn open(url: &str, parameters: &str, round: u64) -> Result<RedisStore, Trouble> {
    const TRIES_MAX: u32 = 300;
    let url = format!("{url}?{parameters}&prefix=r{round}");
    let mut tries = 0;
    loop {
        match RedisStore::open(&url).await {
            Err(RedisOpenError::Unusable(error)) if error.may_pass() && tries < TRIES_MAX => {}
            opened => return opened.map_err(Trouble::open),
        }
        tries += 1;
        sleep(Duration::from_millis(100)).await;
    }
}

/// A server, and a line to it.
pub(crate) struct RedisSite {
    server: RedisServer,
    lines: [FaultProxy; 1],
}

impl RedisSite {
    /// The addresses of the server and of the line.
    pub(super) fn urls(&self) -> [String; 2] {
        [self.server.url(), format!("redis://{}", self.lines[0].address())]
    }
}

impl Site for RedisSite {
    type Store = RedisStore;

    async fn start(seed: u64) -> Result<Self, Trouble> {
        let server = block_in_place(|| RedisServer::start(&RedisSetup::new().appending()))?;
        let lines = [line::to(server.port(), seed).await?];
        Ok(Self { server, lines })
    }

    fn faults(_: u64) -> Vec<Fault> {
        vec![Fault::Cut, Fault::Kill, Fault::Pause]
    }

    fn lines(&self) -> &[FaultProxy] {
        &self.lines
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<RedisStore>>, Trouble> {
        let mut nodes = Vec::new();
        for url in self.urls() {
            nodes.push(Arc::new(open(&url, IMPATIENT, round).await?));
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

    async fn storm(
        storm: Storm,
        nodes: &[Arc<RedisStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}
