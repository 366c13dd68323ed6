//! MariaDB, which speaks MySQL's protocol.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::error::ServerError;
use crate::ports::free_port;
use crate::process::{Process, Start};
use crate::programs::{check_owner, prepare, program, write_private};

/// Where Debian puts servers, which is not in everybody's search path.
const SYSTEM_PROGRAMS: &str = "/usr/sbin";

/// What is not as MariaDB ships.
#[derive(Clone, Debug)]
pub struct MariaDbSettings {
    /// The zone of every connection, as an offset such as `+05:45`.
    pub default_time_zone: &'static str,
    /// Whether a commit waits for the disk. Without it the server outlives its own death, but not the machine's.
    pub fsync: bool,
    /// More options of the server, such as `--max-connections=50`.
    pub more: Vec<String>,
    /// Files in its data folder that nobody else can read, such as a key, by their names.
    pub files: Vec<(&'static str, String)>,
}

impl Default for MariaDbSettings {
    fn default() -> Self {
        Self { default_time_zone: "+00:00", fsync: true, more: Vec::new(), files: Vec::new() }
    }
}

/// A MariaDB server with an empty data folder, for the user `root` without a password.
#[derive(Debug)]
pub struct MariaDb {
    process: Process,
    port: u16,
    pid_file: PathBuf,
    // Dropped after the server.
    _folder: TempDir,
}

impl MariaDb {
    /// Makes the data folder and starts the server.
    ///
    /// # Errors
    /// [`ServerError`], with what the server wrote.
    pub fn start(settings: &MariaDbSettings) -> Result<Self, ServerError> {
        let mariadbd = program("CLOAKROOM_MARIADBD", "mariadbd", &[PathBuf::from(SYSTEM_PROGRAMS)])?;
        let installer = program("CLOAKROOM_MARIADB_INSTALL_DB", "mariadb-install-db", &[])?;
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a data folder"))?;
        let data = folder.path().join("data");
        let mut install = Command::new(installer);
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        install.args(same_user()).arg(option("--datadir", &data)).current_dir(folder.path());
        // Servers that share a folder for temporary tables remove those of each other when they start.
        install.env("TMPDIR", folder.path());
        prepare(&mut install, None)?;
        write_private(&data, &settings.files, None)?;

        let port = free_port()?;
        let pid_file = folder.path().join("pid");
        let start = Start {
            program: mariadbd,
            arguments: arguments(&data, folder.path(), &pid_file, port, settings),
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let process = Process::start(start, |pid, log| is_ready(port, pid, &pid_file, log))?;
        Ok(Self { process, port, pid_file, _folder: folder })
    }

    /// The port of the loopback address that it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// [`ServerError::Preparation`], with what the server said.
    pub fn create_database(&self, name: &str) -> Result<(), ServerError> {
        self.execute(&format!("CREATE DATABASE {name}"))
    }

    /// Executes statements as the administrator.
    ///
    /// # Errors
    /// [`ServerError::Preparation`], with what the server said.
    pub fn execute(&self, statements: &str) -> Result<(), ServerError> {
        let mut mariadb = Command::new(program("CLOAKROOM_MARIADB", "mariadb", &[])?);
        mariadb.args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root"]);
        mariadb.arg(format!("--port={}", self.port)).arg(format!("--execute={statements}"));
        prepare(&mut mariadb, None)
    }

    /// The address of one of its databases, of which there is `mysql` at first.
    pub fn url(&self, database: &str) -> String {
        format!("mysql://root@127.0.0.1:{}/{database}", self.port)
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Stops the server where it is.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        self.process.resume();
    }

    /// Starts it again on the same port and data, after it was killed.
    ///
    /// # Errors
    /// [`ServerError`], with what the server wrote.
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        let (port, pid_file) = (self.port, &self.pid_file);
        self.process.start_again(|pid, log| is_ready(port, pid, pid_file, log))
    }
}

fn arguments(
    data: &Path,
    folder: &Path,
    pid_file: &Path,
    port: u16,
    settings: &MariaDbSettings,
) -> Vec<OsString> {
    let mut arguments = vec![
        "--no-defaults".into(),
        option("--datadir", data),
        option("--socket", &folder.join("socket")),
        option("--tmpdir", folder),
        option("--pid-file", pid_file),
        format!("--port={port}").into(),
        "--bind-address=127.0.0.1".into(),
        format!("--default-time-zone={}", settings.default_time_zone).into(),
    ];
    arguments.extend(same_user());
    if !settings.fsync {
        arguments.push("--innodb-flush-method=nosync".into());
    }
    arguments.extend(settings.more.iter().map(OsString::from));
    arguments
}

/// It runs as root only when told so.
fn same_user() -> Option<OsString> {
    rustix::process::geteuid().is_root().then(|| "--user=root".into())
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(path);
    option
}

fn is_ready(port: u16, pid: u32, pid_file: &Path, log: &str) -> Result<bool, ServerError> {
    Ok(log.contains("ready for connections") && check_owner(port, pid, pid_file)?)
}

#[cfg(all(test, feature = "servers"))]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_mariadb_starts_dies_and_starts_again_on_its_port() {
        let mut server = MariaDb::start(&MariaDbSettings::default()).unwrap();
        let connects = |server: &MariaDb| TcpStream::connect(("127.0.0.1", server.port())).is_ok();
        assert!(connects(&server));
        server.kill();
        assert!(!connects(&server));
        server.start_again().unwrap();
        assert!(connects(&server));
    }
}
