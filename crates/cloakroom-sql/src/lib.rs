//! Session stores for cloakroom in SQL databases: an SQLite file, or a server that many instances share.
//!
//! ```no_run
//! # async fn example() -> Result<(), cloakroom_sql::OpenError> {
//! let store = cloakroom_sql::SqliteStore::open("cloakroom.db").await?;
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
//!
//! The features `postgres` and `mysql` add `PostgresStore` and `MySqlStore`, the latter for MariaDB too.
//!
//! [`Tables`] are an application's own beside those of the sessions, such as those of its users.
//!
//! Sessions are rows with real columns, so that a person can ask the database about them in SQL. Times are
//! milliseconds since 1970 in UTC.

#![expect(clippy::doc_markdown, reason = "SQLite is a name in a sentence, not code")]

mod cap;
mod columns;
mod component;
mod place;
#[cfg(feature = "server")]
mod server;
mod sqlite;
mod tables;
mod template;

#[cfg(feature = "mysql")]
pub use server::MySqlStore;
#[cfg(feature = "postgres")]
pub use server::PostgresStore;
#[cfg(feature = "server")]
pub use server::{ConnectError, ConnectTrouble, ServerOptions};
pub use sqlite::{OpenError, OpenTrouble, SqliteStore};
pub use tables::{Changed, Datum, Part, Record, TableSchema, Tables};
