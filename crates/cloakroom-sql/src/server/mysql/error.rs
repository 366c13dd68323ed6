//! What MySQL's errors mean.

use std::io;

use mysql_async::{DriverError, Error, IoError};

use crate::server::trouble::{Trouble, TroubleKind};

/// An error of the driver or of the server.
pub(super) fn trouble(error: Error) -> Trouble {
    let kind = match &error {
        Error::Server(error) => kind_of(error.code),
        Error::Io(IoError::Tls(_)) | Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            TroubleKind::Tls
        }
        Error::Io(IoError::Io(error)) if is_tls(error) => TroubleKind::Tls,
        Error::Io(_) | Error::Driver(_) | Error::Other(_) | Error::Url(_) => TroubleKind::Broken,
    };
    Trouble::new(kind, error)
}

/// The driver hands on what its stream says.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
}

/// The numbers are those of <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html> and of
/// <https://mariadb.com/kb/en/mariadb-error-code-reference/>.
fn kind_of(code: u16) -> TroubleKind {
    match code {
        // A deadlock; a row that has changed since it was read (MariaDB).
        1213 | 1020 => TroubleKind::Again,
        // A duplicate key.
        1062 => TroubleKind::Duplicate,
        // A lock, an interrupted statement, one that took too long (MySQL, MariaDB).
        1205 | 1317 | 3024 | 1969 => TroubleKind::TimedOut,
        // A damaged index or table.
        1034 | 1194 | 1877 => TroubleKind::Corrupt,
        // User, database or password.
        1044 | 1045 | 1130 | 1698 => TroubleKind::Denied,
        1049 => TroubleKind::NoDatabase,
        // Too many connections, shutting down, aborted, killed.
        1040 | 1053 | 1152 | 1184 | 1203 | 1927 | 4031 => TroubleKind::Broken,
        _ => TroubleKind::Refused,
    }
}
