//! PostgreSQL, by its own wire protocol.

mod connection;
mod driver;
mod error;
mod pipelines;
mod tls;
mod values;

pub(super) use driver::{Postgres, SPELLING};
pub(super) use pipelines::Pipelines;
