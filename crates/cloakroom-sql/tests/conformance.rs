//! Sessions in a file keep every promise of the store contracts, on two nodes and across a restart too.

use cloakroom_sql::SqliteStore;
use cloakroom_testkit::{Fixture, conformance_tests};
use tempfile::tempdir;

async fn fixture() -> Fixture<SqliteStore> {
    let folder = tempdir().expect("there is room for temporary files");
    let path = folder.path().join("cloakroom.db");
    let first = SqliteStore::open(&path).await.expect("a new file opens");
    Fixture::new(first).keeping(folder).opened_again_by(move || {
        let path = path.clone();
        async move { SqliteStore::open(path).await.expect("a file of ours opens again") }
    })
}

conformance_tests!(indexed, shared: fixture);
