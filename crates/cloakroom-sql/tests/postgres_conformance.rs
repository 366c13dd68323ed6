//! Sessions in PostgreSQL keep every promise of the store contracts, on two nodes and across a restart too; and tell of changes.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

#[expect(dead_code, reason = "each program uses a part of it")]
mod support;

use std::sync::LazyLock;

use cloakroom_sql::PostgresStore;
use cloakroom_test_servers::Postgres;
use cloakroom_testkit::{Fixture, conformance_tests};

use crate::support::database::Database;

/// One server for all checks. It ends with this program.
static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start_in("UTC"));

async fn fixture() -> Fixture<PostgresStore> {
    SERVER.fixture().await
}

conformance_tests!(indexed, shared, telling: fixture);
