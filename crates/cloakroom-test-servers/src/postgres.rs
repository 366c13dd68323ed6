//! PostgreSQL.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::error::ServerError;
use crate::ports::free_port;
use crate::process::{Process, Start, is_alive, wait_a_moment, wait_until_stopped};
use crate::programs::{check_owner, give, prepare, program, user_for_root, write_private};

/// Where Debian puts each version's programs, out of the search path.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What is not as `initdb` leaves it.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// The zone of the server and of every connection, such as `Asia/Kathmandu`.
    pub timezone: &'static str,
    /// Whether a commit waits for the disk. Without it the server outlives its own death, but not the machine's.
    pub fsync: bool,
    /// More lines of `postgresql.conf`, as name and value.
    pub more: Vec<(&'static str, String)>,
    /// Files in its data folder that nobody else can read, such as a key, by their names.
    pub files: Vec<(&'static str, String)>,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self { timezone: "UTC", fsync: true, more: Vec::new(), files: Vec::new() }
    }
}

/// A PostgreSQL server with an empty data folder, for the user `postgres` without a password.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    port: u16,
    pid_file: PathBuf,
    psql: PathBuf,
    // Dropped after the server.
    _folder: TempDir,
}

impl Postgres {
    /// Makes the data folder and starts the server.
    ///
    /// The server refuses to run as root; a test that does runs it as the user `postgres`.
    ///
    /// # Errors
    /// [`ServerError`], with what the server wrote.
    pub fn start(settings: &PostgresSettings) -> Result<Self, ServerError> {
        let postgres = program("CLOAKROOM_POSTGRES", "postgres", &debian_folders())?;
        let user = user_for_root("postgres")?;
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a data folder"))?;
        give(folder.path(), user)?;
        let data = folder.path().join("data");
        let mut initdb = Command::new(postgres.with_file_name("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pgdata").arg(&data).current_dir(folder.path());
        prepare(&mut initdb, user)?;
        write_private(&data, &settings.files, user)?;

        let psql = program("CLOAKROOM_PSQL", "psql", &debian_folders())?;
        let port = free_port()?;
        let start = Start {
            program: postgres,
            arguments: arguments(&data, folder.path(), port, settings),
            environment: Vec::new(),
            user,
            folder: folder.path().to_owned(),
        };
        let pid_file = data.join("postmaster.pid");
        let process = Process::start(start, |pid, log| is_ready(port, pid, &pid_file, log))?;
        Ok(Self { process, port, pid_file, psql, _folder: folder })
    }

    /// The port of the loopback address that it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The server's process ID while it runs; the processes that it has for its connections are children of that.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Makes an empty schema; its address.
    ///
    /// # Errors
    /// [`ServerError::Preparation`], with what the server said.
    pub fn create_schema(&self, name: &str) -> Result<String, ServerError> {
        self.execute(&format!("CREATE SCHEMA {name}"))?;
        Ok(format!("{}?options=-csearch_path%3D{name}", self.url("postgres")))
    }

    /// Executes a statement as the administrator.
    ///
    /// # Errors
    /// [`ServerError::Preparation`], with what the server said.
    pub fn execute(&self, statement: &str) -> Result<(), ServerError> {
        let mut psql = Command::new(&self.psql);
        psql.args(["--no-psqlrc", "--quiet", "--host=127.0.0.1", "--username=postgres"]);
        psql.arg(format!("--port={}", self.port)).arg(format!("--command={statement}"));
        prepare(&mut psql, None)
    }

    /// The address of one of its databases, of which there is `postgres` at first.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Kills the server and the processes that it has for its connections.
    pub fn kill(&mut self) {
        // Stopped, it makes no new ones and does not see the old ones die.
        self.process.pause();
        let children = self.children();
        signal(&children, Signal::KILL);
        self.process.kill();
        // The next server refuses to start while one of them still holds the memory of this one.
        while children.iter().any(|child| is_alive(*child)) {
            wait_a_moment();
        }
    }

    /// Stops the server and the processes that it has for its connections.
    pub fn pause(&self) {
        self.process.pause();
        let children = self.children();
        signal(&children, Signal::STOP);
        children.into_iter().for_each(wait_until_stopped);
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        signal(&self.children(), Signal::CONT);
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

    fn children(&self) -> Vec<Pid> {
        let Some(server) = self.process.id() else { return Vec::new() };
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        ids.filter(|id| parent_of(*id) == Some(server)).filter_map(Pid::from_raw).collect()
    }
}

/// The process ID of a process' parent.
fn parent_of(id: i32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything; state and parent follow it.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        // One that has ended meanwhile needs none.
        let _ = kill_process(*process, signal);
    }
}

fn arguments(data: &Path, folder: &Path, port: u16, settings: &PostgresSettings) -> Vec<OsString> {
    let mut lines = vec![
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("unix_socket_directories", folder.display().to_string()),
        ("timezone", settings.timezone.to_owned()),
        ("fsync", if settings.fsync { "on" } else { "off" }.to_owned()),
    ];
    lines.extend(settings.more.iter().cloned());
    let mut arguments: Vec<OsString> = vec!["-D".into(), data.into(), "-p".into(), port.to_string().into()];
    for (name, value) in lines {
        arguments.extend(["-c".into(), format!("{name}={value}").into()]);
    }
    arguments
}

fn is_ready(port: u16, pid: u32, pid_file: &Path, log: &str) -> Result<bool, ServerError> {
    Ok(log.contains("database system is ready to accept connections") && check_owner(port, pid, pid_file)?)
}

/// The folders of all versions, the newest first.
fn debian_folders() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(all(test, feature = "servers"))]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_postgres_starts_dies_and_starts_again_on_its_port() {
        let mut server = Postgres::start(&PostgresSettings::default()).unwrap();
        let connects = |server: &Postgres| TcpStream::connect(("127.0.0.1", server.port())).is_ok();
        assert!(connects(&server));
        server.kill();
        assert!(!connects(&server));
        server.start_again().unwrap();
        assert!(connects(&server));
    }
}
