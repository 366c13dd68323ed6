//! Why a store on a server could not be opened, and what would be right.

use std::error::Error;
use std::fmt;

use thiserror::Error as ThisError;

use super::trouble::{Trouble, TroubleKind};

/// The store could not be opened: on which server, why, and what would be right.
///
/// Never holds a password.
#[derive(Debug)]
pub struct ConnectError {
    server: String,
    trouble: ConnectTrouble,
}

/// Why a store on a server could not be opened.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ConnectTrouble {
    /// The address is not one.
    #[error("{wrong}; an address looks like {right}")]
    Address {
        /// What is wrong with it.
        wrong: String,
        /// What one looks like.
        right: &'static str,
    },
    /// Nobody answers, or somebody else does.
    #[error("cannot be reached; is the server running, and is its host and port right?")]
    Unreachable {
        /// What the driver said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server takes connections and says nothing.
    #[error("did not answer in time")]
    TimedOut,
    /// No encrypted connection came about.
    #[error(
        "no connection by TLS; the server must offer it with a certificate for its host name, or the address must say that the network between is trusted"
    )]
    Tls {
        /// What the driver said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server does not let this user in.
    #[error("does not let this user in; check user and password")]
    Denied {
        /// What the server said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no such database.
    #[error("has no such database; create it first")]
    NoDatabase {
        /// What the server said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The database cannot hold every subject.
    #[error("its database is encoded in {encoding}; create one with ENCODING 'UTF8'")]
    Encoding {
        /// The encoding of the database.
        encoding: String,
    },
    /// A commit need not be on the disk.
    #[error(
        "its {setting} is {value}, so that a crash undoes sign-outs; set it to {right}, or accept that explicitly"
    )]
    NotDurable {
        /// The setting of the server.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        right: &'static str,
    },
    /// A later release made the tables.
    #[error(
        "its tables are of version {found}, this release knows {known}; use the release that made them, or a later one"
    )]
    Newer {
        /// The version in the database.
        found: u32,
        /// The latest version that this release knows.
        known: u32,
    },
    /// The server refused something else, such as to create the tables.
    #[error("the server refused it")]
    Refused {
        /// What the server said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ConnectError {
    pub(super) const fn new(server: String, trouble: ConnectTrouble) -> Self {
        Self { server, trouble }
    }

    /// The server and the database, without the password.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Why the store could not be opened.
    pub const fn trouble(&self) -> &ConnectTrouble {
        &self.trouble
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.server, self.trouble)
    }
}

impl Error for ConnectError {
    /// What is behind the trouble, which itself is in the text already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.trouble.source()
    }
}

impl From<Trouble> for ConnectTrouble {
    fn from(trouble: Trouble) -> Self {
        let Trouble { kind, source } = trouble;
        match kind {
            TroubleKind::Broken => Self::Unreachable { source },
            TroubleKind::TimedOut => Self::TimedOut,
            TroubleKind::Tls => Self::Tls { source },
            TroubleKind::Denied => Self::Denied { source },
            TroubleKind::NoDatabase => Self::NoDatabase { source },
            TroubleKind::Refused | TroubleKind::Again | TroubleKind::Duplicate | TroubleKind::Corrupt => {
                Self::Refused { source }
            }
        }
    }
}
