//! Requests that the gateway sends of its own accord: to providers, hooks and ACME servers.

mod client;
mod error;

pub(crate) use client::{Client, Place};
pub(crate) use error::OutgoingError;
