//! PostgreSQL, by its own wire protocol.

mod channel;
mod connection;
mod driver;
mod error;
mod listener;
mod pipelines;
mod tls;
mod values;

pub(super) use driver::{Postgres, SPELLING};
pub(super) use listener::watch;
pub(super) use pipelines::Pipelines;
