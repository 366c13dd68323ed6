//! Two nodes on a file, which another process may lock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_sql::SqliteStore;
use cloakroom_testkit::storm::{Broken, Report, Storm};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::site::Site;
use crate::trouble::Trouble;

/// Longer than a write waits for the lock.
const LOCKED: Duration = Duration::from_millis(5_500);

pub(crate) struct SqliteSite {
    folder: TempDir,
    file: PathBuf,
}

impl Site for SqliteSite {
    type Store = SqliteStore;

    async fn start(_: u64) -> Result<Self, Trouble> {
        let folder = TempDir::new()?;
        let file = folder.path().join("0.db");
        Ok(Self { folder, file })
    }

    fn faults(_: u64) -> Vec<Fault> {
        vec![Fault::Lock]
    }

    async fn nodes(&mut self, round: u64) -> Result<Vec<Arc<SqliteStore>>, Trouble> {
        self.file = self.folder.path().join(format!("{round}.db"));
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Arc::new(SqliteStore::open(&self.file).await.map_err(Trouble::open)?));
        }
        Ok(nodes)
    }

    async fn suffer(&mut self, _: Fault, _: u64) -> Result<(), Trouble> {
        let stranger = rusqlite::Connection::open(&self.file)?;
        stranger.busy_timeout(LOCKED)?;
        stranger.execute_batch("BEGIN IMMEDIATE")?;
        sleep(LOCKED).await;
        stranger.execute_batch("ROLLBACK")?;
        Ok(())
    }

    async fn storm(
        storm: Storm,
        nodes: &[Arc<SqliteStore>],
        trouble: impl Future<Output = ()>,
    ) -> Result<Report, Broken> {
        storm.on_indexed_amid(nodes, trouble).await
    }
}
