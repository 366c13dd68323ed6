//! Storms on the `SQLite` store: one process, and two on one file.

use std::sync::Arc;

use cloakroom_sql::SqliteStore;
use cloakroom_testkit::storm::Storm;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_on_one_file_stand_storms() {
    for seed in 0..3 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sessions.db");
        let open = async || Arc::new(SqliteStore::open(&path).await.expect("the file opens"));
        let nodes = [open().await, open().await];
        let storm = Storm::new(seed).on_indexed(&nodes);
        let report = storm.await.unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(report.unknown, 0, "{report}");
    }
}
