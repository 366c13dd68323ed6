//! Stories about the real program over HTTP, each told from outside.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod api;
mod api_keys;
mod api_sessions;
#[cfg(feature = "servers")]
mod clients;
mod commands;
mod forward_auth;
mod hostile;
#[cfg(feature = "servers")]
mod nodes;
mod proxy;
mod sign_in;
mod support;
mod tokens;
