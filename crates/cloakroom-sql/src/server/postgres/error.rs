//! What PostgreSQL's errors mean.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::server::trouble::{Trouble, TroubleKind};

/// An error of the driver or of the server.
pub(super) fn trouble(error: Error) -> Trouble {
    let kind = match error.code() {
        Some(state) => kind_of(state),
        None if is_tls(&error) => TroubleKind::Tls,
        None => TroubleKind::Broken,
    };
    Trouble::new(kind, error)
}

fn kind_of(state: &SqlState) -> TroubleKind {
    match *state {
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => TroubleKind::Again,
        SqlState::UNIQUE_VIOLATION => TroubleKind::Duplicate,
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => TroubleKind::TimedOut,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => TroubleKind::Corrupt,
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => TroubleKind::Denied,
        SqlState::INVALID_CATALOG_NAME => TroubleKind::NoDatabase,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | SqlState::CONNECTION_FAILURE
        | SqlState::CONNECTION_EXCEPTION
        | SqlState::CONNECTION_DOES_NOT_EXIST => TroubleKind::Broken,
        _ => TroubleKind::Refused,
    }
}

/// The driver tells TLS from other trouble by its words alone.
fn is_tls(error: &Error) -> bool {
    error.to_string().contains("TLS")
}
