//! Sessions in an SQLite file.
//!
//! One thread writes: it takes whatever waits, runs it in one transaction and answers when that is on the disk, so that
//! requests that come together share one wait for it. Reads use connections of their own, which never wait for the
//! writer (the file is in write-ahead-log mode). A second thread copies the log back into the file.
//!
//! Another process may change the file at any time. Rows that were read are kept in memory all the same, and used for as long as the
//! head of the log's index says that nobody has committed anything but what we know of: see `moments`. So an answer from memory is
//! what the file would have said, and costs a read of 96 octets. That is so on Linux; elsewhere the file is always asked.

mod backup;
mod checkpoint;
mod copies;
mod database;
mod error;
mod job;
mod migrations;
mod moments;
mod open_error;
mod opening;
mod presence;
mod readers;
mod rows;
mod schema;
mod search;
mod sessions;
mod space;
mod store;
mod subjects;
mod tables;
#[cfg(target_os = "linux")]
mod wal_index;
#[cfg(not(target_os = "linux"))]
#[path = "wal_index_elsewhere.rs"]
mod wal_index;
mod writer;

pub use backup::{BackupError, CopiedSessions, back_up};
pub use open_error::{OpenError, OpenTrouble};
pub use store::SqliteStore;
pub(crate) use tables::SqliteTables;
