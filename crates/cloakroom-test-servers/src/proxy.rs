//! A reverse proxy with a configuration of the test's.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::error::ServerError;
use crate::listener::listens;
use crate::process::{Process, Start};

/// A proxy on the loopback address, gone when it is dropped.
#[derive(Debug)]
pub struct ProxyServer {
    process: Process,
    port: u16,
    // Dropped last: the proxy writes there.
    _folder: TempDir,
}

/// How a proxy is started: what every kind of them says of itself.
#[derive(Clone, Debug)]
pub(crate) struct ProxyStart {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<&'static str>,
    /// Environment variables, each with what stands before a path, and the path below the proxy's folder.
    pub(crate) paths: Vec<(&'static str, &'static str, &'static str)>,
    /// Its configuration.
    pub(crate) files: Vec<(&'static str, String)>,
}

impl ProxyServer {
    /// Starts a proxy whose configuration says that it listens on this port.
    pub(crate) fn start(port: u16, proxy: ProxyStart) -> Result<Self, ServerError> {
        let folder = proxy.folder()?;
        let process = Process::start(proxy.in_folder(&folder), |pid, _| listens(pid, port))?;
        Ok(Self { process, port, _folder: folder })
    }

    /// Where it listens on the loopback address.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Everything that it has written to its standard streams.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

impl ProxyStart {
    /// Has the program look at its configuration, without listening anywhere.
    pub(crate) fn check(self, arguments: &[&'static str]) -> Result<(), ServerError> {
        let folder = self.folder()?;
        let start = Self { arguments: arguments.to_vec(), ..self }.in_folder(&folder);
        let what = format!("cannot start {}", start.program.display());
        let mut command = Command::new(&start.program);
        command.args(&start.arguments).envs(start.environment.iter().cloned()).current_dir(&start.folder);
        let output = command.stdin(Stdio::null()).output().map_err(ServerError::system(what))?;
        if output.status.success() {
            return Ok(());
        }
        let log =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        Err(ServerError::Preparation { program: start.program, log })
    }

    fn folder(&self) -> Result<TempDir, ServerError> {
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a folder"))?;
        for (name, text) in &self.files {
            let what = format!("cannot write {name}");
            fs::write(folder.path().join(name), text).map_err(ServerError::system(what))?;
        }
        Ok(folder)
    }

    fn in_folder(self, folder: &TempDir) -> Start {
        let below = |before: &str, path: &str| {
            let mut value = OsString::from(before);
            value.push(folder.path().join(path));
            value
        };
        let paths = self.paths.into_iter();
        Start {
            program: self.program,
            arguments: self.arguments.into_iter().map(OsString::from).collect(),
            environment: paths.map(|(name, before, path)| (name.into(), below(before, path))).collect(),
            user: None,
            folder: folder.path().to_owned(),
        }
    }
}
