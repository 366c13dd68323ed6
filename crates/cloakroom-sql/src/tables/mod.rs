//! Tables of an application's own in any database of this crate, such as those of its users beside the sessions.
//!
//! They are opened, brought up to date and asked like those of the sessions, and share their connections where they share
//! their database. Whatever all the servers understand is said once; only what makes the tables is said to each.

mod change;
mod datum;
mod handle;
mod schema;

pub use change::{Changed, Part};
pub use datum::{Datum, Record};
pub use handle::Tables;
pub use schema::TableSchema;
