//! One Redis server.

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, io};

use tempfile::TempDir;

use crate::error::ServerError;
use crate::ports::free_port;
use crate::process::{Process, Start};
use crate::programs::program;
use crate::resp::{Reply, redis_command};

/// A Redis server of its own on the loopback address, gone when it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    process: Process,
    port: u16,
    is_paused: AtomicBool,
    // Dropped last: the server writes there.
    _folder: TempDir,
}

/// How a server is set up, beyond what a test needs.
#[derive(Clone, Debug, Default)]
pub struct RedisSetup {
    options: Vec<String>,
    sentinel_file: Option<String>,
}

impl RedisSetup {
    /// One that keeps nothing on the disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with an append-only file, synchronised at each write: what was acknowledged outlives a kill.
    #[must_use]
    pub fn appending(self) -> Self {
        self.with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// The same with these options of the command line.
    #[must_use]
    pub fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().copied().map(str::to_owned));
        self
    }

    /// A sentinel with this configuration file instead of a server with keys.
    #[must_use]
    pub(crate) fn sentinel(mut self, file: String) -> Self {
        self.sentinel_file = Some(file);
        self
    }
}

impl RedisServer {
    /// Starts a server.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start(setup: &RedisSetup) -> Result<Self, ServerError> {
        let port = free_port()?;
        let folder = tempfile::tempdir().map_err(ServerError::system("cannot make a folder"))?;
        let mut arguments: Vec<OsString> = Vec::new();
        let fixed = ["--bind", "127.0.0.1", "--save", "", "--port"];
        if let Some(content) = &setup.sentinel_file {
            let path = folder.path().join("sentinel.conf");
            fs::write(&path, content).map_err(ServerError::system("cannot write sentinel.conf"))?;
            arguments.extend([
                path.into(),
                "--sentinel".into(),
                "--bind".into(),
                "127.0.0.1".into(),
                "--port".into(),
            ]);
        } else {
            arguments.extend(fixed.map(OsString::from));
        }
        arguments.push(port.to_string().into());
        arguments.extend(setup.options.iter().map(OsString::from));
        let start = Start {
            program: program("CLOAKROOM_REDIS_SERVER", "redis-server", &[])?,
            arguments,
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let process = Process::start(start, |pid, _| is_ready(port, pid))?;
        Ok(Self { process, port, is_paused: AtomicBool::new(false), _folder: folder })
    }

    /// Where it listens on the loopback address.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The server's process ID while it runs.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Asks the server something.
    ///
    /// # Errors
    /// When it does not answer, which one that is paused does at once; a refusal is an answer.
    pub fn command(&self, words: &[&str]) -> io::Result<Reply> {
        if self.is_paused.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        redis_command(self.port, words)
    }

    /// Kills the server: no farewell, no flush.
    pub fn kill(&mut self) {
        self.process.kill();
        self.is_paused.store(false, Ordering::SeqCst);
    }

    /// Starts the server again on what it has on the disk.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        let port = self.port;
        self.process.start_again(|pid, _| is_ready(port, pid))
    }

    /// Stops the server where it is; connections stay open and nobody answers on them.
    pub fn pause(&self) {
        self.process.pause();
        self.is_paused.store(true, Ordering::SeqCst);
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        self.process.resume();
        self.is_paused.store(false, Ordering::SeqCst);
    }
}

/// Whether this very process answers, and has loaded what it has on the disk.
fn is_ready(port: u16, pid: u32) -> Result<bool, ServerError> {
    let Ok(info) = redis_command(port, &["INFO", "server"]) else { return Ok(false) };
    let Some(answering) = info.info("process_id").map(str::trim) else { return Ok(false) };
    if answering == pid.to_string() {
        let is_loaded = redis_command(port, &["PING"]).is_ok_and(|reply| !matches!(reply, Reply::Refused(_)));
        return Ok(is_loaded);
    }
    Err(ServerError::Foreign { port, evidence: format!("its process is {answering}, and ours is {pid}") })
}
