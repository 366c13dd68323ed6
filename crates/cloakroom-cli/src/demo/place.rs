//! Where the demo is: the origins that it has, and the folder that it keeps everything in.

use std::fs::Permissions;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use cloakroom_gateway::config::SettingsSource;
use tempfile::TempDir;

/// The host of the sign-in. A name of its own, since cookies know no ports: those of a gateway on this machine that is no demo stay apart.
pub(super) const HOST: &str = "demo.localhost";

/// What everybody who is not signed in may have of the application.
const PUBLIC: &str = "/style.css";

/// The folder of one demo. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct Folder(TempDir);

/// Where the sign-in and the application behind it are, as browsers see them.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Where the gateway listens.
    pub(super) address: SocketAddr,
    /// What a browser's `Host` field says.
    pub(super) authority: String,
}

impl Folder {
    /// Makes a folder that nobody else may look into.
    pub(super) fn make() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("cloakroom-demo-").tempdir()?;
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o700))?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    /// What a gateway of the demo is configured by: a file in this folder, and neither the environment nor any other file.
    pub(super) fn source(&self, site: &Site, application: SocketAddr) -> io::Result<SettingsSource> {
        let file = self.0.path().join("cloakroom.toml");
        let (listen, origin) = (site.address, site.origin());
        // Quoted as a text of TOML is.
        let data_dir = self.0.path().display().to_string();
        let text = format!(
            r#"# Made by `cloakroom demo`, and removed when it ends.
listen = "{listen}"
public_url = "{origin}"
data_dir = {data_dir:?}
name = "cloakroom demo"
bind = ["agent=end"]
shutdown_timeout = "1s"

[[app]]
name = "notes"
origin = "{origin}"
upstream = "http://{application}"
cross_site = "refuse"

[[app.rule]]
path = "{PUBLIC}"
public = true

[[app.rule]]
path = "/safe"
proven_within = "1m"
"#
        );
        std::fs::write(&file, text)?;
        Ok(SettingsSource { file: Some(file), ..SettingsSource::default() })
    }

    /// Removes it, and says so if that cannot be done.
    pub(super) fn remove(self) -> io::Result<()> {
        self.0.close()
    }
}

impl Site {
    /// A site at this port, or at a free one where it is taken.
    pub(super) fn at(port: u16) -> io::Result<Self> {
        let address = listener(port)?.local_addr()?;
        Ok(Self { address, authority: format!("{HOST}:{}", address.port()) })
    }

    /// What a browser's `Origin` field says.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }
}

/// Listens on loopback at a port, or at a free one where it is taken.
pub(super) fn listener(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_right_stays_on_this_machine_and_is_gone_with_its_folder() {
        let (folder, site) = (Folder::make().unwrap(), Site::at(0).unwrap());
        let source = folder.source(&site, "127.0.0.1:3000".parse().unwrap()).unwrap();
        assert!(source.environment.is_empty() && source.flags.is_empty());
        let settings = source.load().unwrap();
        assert!(settings.listen.ip().is_loopback());
        assert!(settings.store.to_string().contains(folder.path().to_str().unwrap()), "{}", settings.store);
        let path = folder.path();
        folder.remove().unwrap();
        assert!(!path.exists());
    }
}
