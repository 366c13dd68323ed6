//! The cloakroom gateway: sign-in, account pages and a reverse proxy for an application in any language.
//!
//! It is built on the public API of the `cloakroom` library alone.

pub mod accounts;
pub mod config;
pub mod snippet;

mod api;
mod apps;
mod installation;
mod pages;
mod peer;
mod proxy;
mod routes;
mod server;
mod start;
mod tokens;
mod utc;
mod verify;
mod web;

pub use cloakroom::{InvalidSessionId, SessionId};
pub use installation::{Installation, InstallationError, KeyState, ListedKey, ListedSession};
pub use start::{Running, StartError};
pub use tokens::TokensError;
