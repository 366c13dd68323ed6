//! Pebble, a real ACME server that vouches for names of tests.

use std::ffi::OsString;
use std::path::Path;

use tempfile::TempDir;

use crate::error::ServerError;
use crate::listener::listens;
use crate::ports::free_port;
use crate::process::{Process, Start};
use crate::programs::{program, write_private};

/// Pebble and a name server by which every name is on the loopback address, gone when it is dropped.
#[derive(Debug)]
pub struct Pebble {
    server: Process,
    ports: [u16; 2],
    _names: Process,
    // Dropped last: the servers write there.
    _folders: [TempDir; 2],
}

impl Pebble {
    /// Starts a server that shows this certificate, looks for challenges on this port, and gives certificates that are good for so
    /// many seconds.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start(
        certificate_pem: &str,
        key_pem: &str,
        challenge_port: u16,
        validity_s: u32,
    ) -> Result<Self, ServerError> {
        let folder = || tempfile::tempdir().map_err(ServerError::system("cannot make a folder"));
        let folders = [folder()?, folder()?];
        let [dns, names_managed, listened, managed] =
            [free_port()?, free_port()?, free_port()?, free_port()?];
        let names = Start {
            program: program("CLOAKROOM_PEBBLE_CHALLTESTSRV", "pebble-challtestsrv", &[])?,
            arguments: arguments(&[
                "-dns01",
                &format!("127.0.0.1:{dns}"),
                "-management",
                &format!("127.0.0.1:{names_managed}"),
                "-http01=",
                "-https01=",
                "-tlsalpn01=",
                "-defaultIPv6=",
            ]),
            environment: Vec::new(),
            user: None,
            folder: folders[1].path().to_owned(),
        };
        let names = Process::start(names, |pid, _| listens(pid, names_managed))?;
        let configuration = format!(
            r#"{{"pebble": {{"listenAddress": "127.0.0.1:{listened}", "managementListenAddress": "127.0.0.1:{managed}",
            "certificate": "certificate.pem", "privateKey": "key.pem", "httpPort": 1, "tlsPort": {challenge_port},
            "certificateValidityPeriod": {validity_s}}}}}"#
        );
        let files = [
            ("certificate.pem", certificate_pem.to_owned()),
            ("key.pem", key_pem.to_owned()),
            ("pebble.json", configuration),
        ];
        write_private(folders[0].path(), &files, None)?;
        let server = Start {
            program: program("CLOAKROOM_PEBBLE", "pebble", &[])?,
            arguments: arguments(&[
                "-strict",
                "-config",
                "pebble.json",
                "-dnsserver",
                &format!("127.0.0.1:{dns}"),
            ]),
            environment: vec![("PEBBLE_VA_NOSLEEP".into(), "1".into())],
            user: None,
            folder: folders[0].path().to_owned(),
        };
        let server = Process::start(server, |pid, _| listens(pid, listened))?;
        Ok(Self { server, ports: [listened, managed], _names: names, _folders: folders })
    }

    /// Where an ACME client begins.
    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.ports[0])
    }

    /// The port of its management, which gives its root at `/roots/0`.
    pub const fn management_port(&self) -> u16 {
        self.ports[1]
    }

    /// What it has written.
    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Where it runs.
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }
}

fn arguments(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}
