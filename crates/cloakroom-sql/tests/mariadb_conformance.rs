//! Sessions in MariaDB keep every promise of the store contracts, on two nodes and across a restart too.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

#[expect(dead_code, reason = "each program uses a part of it")]
mod support;

use std::sync::LazyLock;

use cloakroom_sql::MySqlStore;
use cloakroom_test_servers::MariaDb;
use cloakroom_testkit::{Fixture, conformance_tests};

use crate::support::database::Database;

/// One server for all checks. It ends with this program.
static SERVER: LazyLock<MariaDb> = LazyLock::new(|| MariaDb::start_in("+00:00"));

async fn fixture() -> Fixture<MySqlStore> {
    SERVER.fixture().await
}

conformance_tests!(indexed, shared: fixture);
