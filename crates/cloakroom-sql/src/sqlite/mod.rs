//! Sessions in an SQLite file.
//!
//! One thread writes: it takes whatever waits, runs it in one transaction and answers when that is on the disk, so that
//! requests that come together share one wait for it. Reads use connections of their own, which never wait for the
//! writer (the file is in write-ahead-log mode). A second thread copies the log back into the file.
//!
//! No row is kept in memory: another process may change the file at any time.

mod backup;
mod checkpoint;
mod database;
mod error;
mod job;
mod migrations;
mod open_error;
mod opening;
mod readers;
mod rows;
mod schema;
mod sessions;
mod space;
mod store;
mod subjects;
mod tables;
mod writer;

pub use backup::{BackupError, CopiedSessions, back_up};
pub use open_error::{OpenError, OpenTrouble};
pub use store::SqliteStore;
pub(crate) use tables::SqliteTables;
