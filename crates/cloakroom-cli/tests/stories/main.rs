//! Stories about the real program over HTTP, each told from outside.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod account_events;
mod administration_events;
mod administration_sessions;
mod administration_users;
mod api;
mod api_keys;
mod api_proof;
mod api_search;
mod api_sessions;
mod audit;
mod audit_action;
mod audit_vectors;
mod backup;
mod certificates;
mod check;
#[cfg(feature = "servers")]
mod clients;
mod commands;
mod database_file;
mod demo;
mod endings;
mod event_kinds;
mod events;
mod forward_auth;
mod hook;
mod hostile;
mod import;
mod in_flight;
mod limits;
mod many_hosts;
#[cfg(feature = "servers")]
mod nodes;
mod oidc_hostile;
#[cfg(feature = "servers")]
mod oidc_library;
mod oidc_sign_in;
mod oidc_sign_out;
mod proxy;
mod reload;
mod remembered;
#[cfg(feature = "servers")]
mod schemathesis;
mod shared_cookie;
mod sign_in;
mod support;
mod tls;
mod tokens;
mod upstream;
mod watch;
mod wire;
