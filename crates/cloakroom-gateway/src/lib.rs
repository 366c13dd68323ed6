//! The cloakroom gateway: sign-in, account pages and a reverse proxy for an application in any language.
//!
//! It is built on the public API of the `cloakroom` library alone.

pub mod accounts;
pub mod config;
pub mod snippet;

mod api;
mod apps;
mod explain;
mod hook;
mod installation;
mod lasting;
mod oidc;
mod pages;
mod peer;
mod places;
mod proven;
mod proxy;
mod rates;
mod routes;
mod server;
mod start;
mod tls;
mod tokens;
mod utc;
mod verify;
mod web;

pub use cloakroom::{InvalidSessionId, SessionId};
pub use explain::{ExplainError, Explanation};
pub use installation::{Imported, Installation, InstallationError, KeyState, ListedKey, ListedSession};
pub use places::PlacesError;
pub use start::{Running, StartError};
pub use tls::{CertificateFiles, TlsError};
pub use tokens::TokensError;
