//! Accounts keep their promises in every database: in a file always, on servers where there are some.

#![expect(clippy::unwrap_used, reason = "a test")]

mod administration;
mod api_keys;
mod events;
mod file;
mod identities;
mod place;
#[cfg(feature = "servers")]
mod servers;
mod suite;
