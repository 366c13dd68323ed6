//! A provider of sign-ins: the certified library `oidc-provider`, in Node.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::error::ServerError;
use crate::listener::listens;
use crate::process::{Process, Start};
use crate::programs::program;

/// Where the library is: the folder below which npm has put it.
const LIBRARY: &str = "CLOAKROOM_OIDC_PROVIDER";

const SCRIPT: &str = include_str!("oidc_provider.mjs");

/// A provider on the loopback address, gone when it is dropped.
#[derive(Debug)]
pub struct OidcProvider {
    process: Process,
    port: u16,
    // Dropped last: the provider writes there.
    _folder: TempDir,
}

/// The client that it knows: `us`, with the secret `s3cret`.
#[derive(Clone, Debug)]
pub struct OidcClient {
    /// Where browsers come back to.
    pub callback: String,
    /// Where it posts logout tokens.
    pub logout: String,
    /// Where browsers come to after a sign-out.
    pub signed_out: String,
}

impl OidcProvider {
    /// Starts a provider with this client, whose issuer is `http://127.0.0.1` and the port.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn start(port: u16, client: &OidcClient) -> Result<Self, ServerError> {
        let missing =
            || ServerError::system(format!("{LIBRARY} does not say where npm has put oidc-provider"));
        let home = env::var_os(LIBRARY).map(PathBuf::from);
        let home = home.ok_or_else(|| missing()(io::Error::from(io::ErrorKind::NotFound)))?;
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a folder"))?;
        let script = folder.path().join("provider.mjs");
        fs::write(&script, SCRIPT).map_err(ServerError::system("cannot write the script of the provider"))?;
        let library = home.join("node_modules/oidc-provider/lib/index.js");
        let mut arguments = vec![script.into_os_string(), library.into_os_string(), port.to_string().into()];
        arguments.extend([&client.callback, &client.logout, &client.signed_out].map(OsString::from));
        let start = Start {
            program: program("CLOAKROOM_NODE", "node", &[])?,
            arguments,
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let process = Process::start(start, |pid, _| listens(pid, port))?;
        Ok(Self { process, port, _folder: folder })
    }

    /// Starts it again: it has another key then, and has forgotten everybody.
    ///
    /// # Errors
    /// [`ServerError`], with what it wrote.
    pub fn start_anew(&mut self) -> Result<(), ServerError> {
        self.process.kill();
        let port = self.port;
        self.process.start_again(|pid, _| listens(pid, port))
    }

    /// Everything that it has written to its standard streams.
    pub fn log(&self) -> String {
        self.process.log()
    }
}
