//! MySQL and MariaDB, by MySQL's wire protocol.

mod connection;
mod driver;
mod error;
mod literals;
mod reader;
mod rows;

pub(super) use driver::{MySql, SPELLING};
pub(super) use reader::PoolReader;
