//! Caddy: Debian's, and the newest.

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caddy {
    /// The one of Debian's stable release.
    Debian,
    /// The newest one.
    Current,
}

/// Certificates, what it was told last and where it is told more, all below the proxy's own folder.
const PATHS: [(&str, &str, &str); 4] = [
    ("HOME", "", "home"),
    ("XDG_DATA_HOME", "", "data"),
    ("XDG_CONFIG_HOME", "", "state"),
    ("CADDY_ADMIN", "unix/", "admin"),
];

impl Caddy {
    fn start(self, caddyfile: &str) -> Result<ProxyStart, ServerError> {
        let program = match self {
            Self::Debian => program("CLOAKROOM_CADDY", "caddy", &[])?,
            Self::Current => program("CLOAKROOM_CADDY_CURRENT", "caddy", &[])?,
        };
        Ok(ProxyStart {
            program,
            arguments: vec!["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
            paths: PATHS.to_vec(),
            files: vec![("Caddyfile", caddyfile.to_owned())],
        })
    }

    /// Starts it with this Caddyfile, which says that it listens on this port.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn serve(self, port: u16, caddyfile: &str) -> Result<ProxyServer, ServerError> {
        ProxyServer::start(port, self.start(caddyfile)?)
    }

    /// Has it look at this Caddyfile.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn check(self, caddyfile: &str) -> Result<(), ServerError> {
        self.start(caddyfile)?.check(&["validate", "--config", "Caddyfile", "--adapter", "caddyfile"])
    }
}
