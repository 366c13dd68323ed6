//! Copies of an installation's accounts.

use std::path::Path;

pub use cloakroom_stores::CopiedSessions;
use thiserror::Error;

use crate::config::Settings;

/// No copy was made.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The accounts are on a server, which has tools of its own for that.
    #[error("{}", of_server(.0))]
    OnServer(String),
    /// The file could not be copied.
    #[error(transparent)]
    File(#[from] cloakroom_stores::BackupError),
}

/// Copies the database of the accounts into a new file, beside processes that read and write it.
///
/// Sessions that are in the same file are left out unless they are asked for; those that are elsewhere are never in the copy.
///
/// # Errors
/// [`BackupError`]; there is no file then, not even a part of one.
pub fn back_up(settings: &Settings, to: &Path, sessions: CopiedSessions) -> Result<(), BackupError> {
    let Some(database) = settings.accounts.file() else {
        return Err(BackupError::OnServer(settings.accounts.to_string()));
    };
    Ok(cloakroom_stores::back_up(database, to, sessions)?)
}

/// How a server's tables are copied.
fn of_server(address: &str) -> String {
    let tool = if address.starts_with("postgres") {
        "pg_dump --table='cloakroom_*' DATABASE"
    } else {
        "mysqldump --single-transaction DATABASE"
    };
    format!(
        "the accounts are at {address}, whose own tools copy them: all tables whose names begin with cloakroom_, as with `{tool}`. \
         Where that is put back, `cloakroom session revoke-all` before the first start keeps sessions from living again that have ended since"
    )
}
