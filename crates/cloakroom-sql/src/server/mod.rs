//! Sessions on a database server: PostgreSQL, MySQL and MariaDB.
//!
//! The operations are written once, in `sessions`, `subjects` and `store`, over what a `driver` has to offer. What the servers
//! say differently stands side by side in `dialect`, and how they are spoken to in `postgres` and `mysql`.
//!
//! Reads are one statement, and one round trip. Writes that are more than one statement are a transaction whose statements
//! travel together: one round trip when the server can decide, two when we must. No connection is asked whether it is well
//! before it is used; one that is not shows itself by an error, and is replaced.
//!
//! Where the server has a channel, a write that others may have copies of is told to them by a statement that travels behind it,
//! and that nobody waits for.

mod address;
mod connect_error;
mod dialect;
mod driver;
mod fences;
mod migrations;
#[cfg(feature = "mysql")]
mod mysql;
mod news;
mod opening;
mod options;
#[cfg(all(test, feature = "servers"))]
mod plans;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod search;
mod sessions;
mod statements;
mod store;
mod stores;
mod subjects;
mod tables;
mod trouble;
mod turns;
mod value;
mod work;

pub use connect_error::{ConnectError, ConnectTrouble};
pub use options::ServerOptions;
#[cfg(feature = "mysql")]
pub use stores::MySqlStore;
#[cfg(feature = "postgres")]
pub use stores::PostgresStore;
pub(crate) use tables::ServerTables;
