//! The cloakroom gateway: sign-in, account pages and a reverse proxy for an application in any language.
//!
//! It is built on the public API of the `cloakroom` library alone.

pub mod accounts;
pub mod backup;
pub mod check;
pub mod config;
pub mod import;
pub mod snippet;

mod acme;
mod api;
mod apps;
mod events;
mod explain;
mod followers;
mod hex;
mod hook;
mod installation;
mod lasting;
mod metrics;
mod oidc;
mod outgoing;
mod pages;
mod part_error;
mod peer;
mod places;
mod proven;
mod proxy;
mod rates;
mod reload;
mod routes;
mod samples;
mod server;
mod start;
mod tls;
mod tokens;
mod utc;
mod verify;
mod web;

pub use cloakroom::{InvalidSessionId, SessionId};
pub use events::{
    EventCursor, EventFilter, EventKind, EventNumber, RecordedEvent, Severity, UnknownEventKind,
};
pub use explain::{ExplainError, Explanation};
pub use installation::{
    Imported, Installation, InstallationError, KeyState, ListedKey, ListedSession, SessionFilter, WrongFilter,
};
pub use part_error::PartError;
pub use places::PlacesError;
pub use reload::{ReloadError, Reloaded, Reloader};
pub use start::{Running, StartError};
pub use tls::{CertificateFiles, TlsError};
pub use tokens::TokensError;
