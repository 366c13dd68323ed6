//! Session stores for cloakroom in SQL databases: an SQLite file.
//!
//! ```no_run
//! # async fn example() -> Result<(), cloakroom_sql::OpenError> {
//! let store = cloakroom_sql::SqliteStore::open("cloakroom.db").await?;
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
//!
//! Sessions are rows with real columns, so that a person can ask the database about them in SQL. Times are
//! milliseconds since 1970 in UTC.

#![expect(clippy::doc_markdown, reason = "SQLite is a name in a sentence, not code")]

mod columns;
mod sqlite;

pub use sqlite::{OpenError, OpenTrouble, SqliteStore};
