//! nginx: Debian's, and the newest.

use std::path::PathBuf;

use crate::error::ServerError;
use crate::programs::program;
use crate::proxy::{ProxyServer, ProxyStart};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nginx {
    /// The one of Debian's stable release.
    Debian,
    /// The newest one.
    Current,
}

/// One process, so that killing it is killing it, and every file below its own folder. What the test hands in stands where a
/// distribution includes files of its own.
const MAIN: &str = "\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path bodies;
    proxy_temp_path answers;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}
";

const ARGUMENTS: [&str; 6] = ["-p", ".", "-c", "nginx.conf", "-e", "stderr"];

impl Nginx {
    fn start(self, site: &str) -> Result<ProxyStart, ServerError> {
        let folders = [PathBuf::from("/usr/sbin")];
        let program = match self {
            Self::Debian => program("CLOAKROOM_NGINX", "nginx", &folders)?,
            Self::Current => program("CLOAKROOM_NGINX_CURRENT", "nginx", &folders)?,
        };
        let files = vec![("nginx.conf", MAIN.to_owned()), ("site.conf", site.to_owned())];
        Ok(ProxyStart { program, arguments: ARGUMENTS.to_vec(), paths: Vec::new(), files })
    }

    /// Starts it with this text in its `http` block, which says that it listens on this port.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn serve(self, port: u16, site: &str) -> Result<ProxyServer, ServerError> {
        ProxyServer::start(port, self.start(site)?)
    }

    /// Has it look at this text.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn check(self, site: &str) -> Result<(), ServerError> {
        self.start(site)?.check(&["-p", ".", "-c", "nginx.conf", "-e", "stderr", "-t"])
    }
}
