//! The real program, on a port and in a directory of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A gateway that runs until it is dropped.
pub(crate) struct Gateway {
    directory: tempfile::TempDir,
    arguments: Vec<String>,
    child: Child,
    pub(crate) address: SocketAddr,
    /// The path of the set-up link, when one was printed.
    pub(crate) setup_path: Option<String>,
    /// Where metrics are to be had, when that was printed.
    pub(crate) metrics: Option<SocketAddr>,
}

/// A command that goes on until it is dropped.
pub(crate) struct Follower {
    child: Child,
    printed: PathBuf,
}

impl Gateway {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::configured("", arguments)
    }

    /// A gateway with this configuration file.
    pub(crate) fn configured(file: &str, arguments: &[&str]) -> Self {
        Self::configured_on("127.0.0.1:0", file, arguments)
    }

    /// The same at this address.
    pub(crate) fn configured_on(listen: &str, file: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        if !file.is_empty() {
            std::fs::write(directory.path().join("cloakroom.toml"), file).unwrap();
        }
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let spawned = spawn(directory.path(), listen, &arguments);
        let Spawned { child, address, setup_path, metrics } = spawned;
        Self { directory, arguments, child, address, setup_path, metrics }
    }

    /// SIGKILL: no farewell, no flush.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the program again in the same directory and on the same port.
    pub(crate) fn start_again(&mut self) {
        let spawned = spawn(self.directory.path(), &self.address.to_string(), &self.arguments);
        self.child = spawned.child;
        assert_eq!(self.address, spawned.address);
        (self.setup_path, self.metrics) = (spawned.setup_path, spawned.metrics);
    }

    /// Asks the program to end.
    pub(crate) fn ask_to_end(&self) {
        self.signal("TERM");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "{name}");
    }

    /// Asks the program to end while it is stopped; it goes on once this is done, and sees both at once.
    pub(crate) fn ask_to_end_after<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        self.signal("STOP");
        let done = meanwhile();
        self.ask_to_end();
        self.signal("CONT");
        done
    }

    /// Whether the program has ended, and how.
    pub(crate) fn has_ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Asks the program to end and says how it did.
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        self.ask_to_end();
        self.child.wait().unwrap()
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// What the program has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory().join("log")).unwrap()
    }

    /// Begins a command of the program that goes on beside this one.
    pub(crate) fn follow(&self, arguments: &[&str]) -> Follower {
        let printed = self.directory().join("followed");
        let out = std::fs::File::create(&printed).unwrap();
        let child = program(self.directory()).args(arguments).stdout(out).spawn().unwrap();
        Follower { child, printed }
    }

    /// Runs another command of the program beside this one.
    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Output {
        run(self.directory.path(), arguments, input)
    }
}

impl Follower {
    /// What it has printed so far.
    pub(crate) fn printed(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already, as some stories want it to.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Runs the program in a directory to its end.
pub(crate) fn run(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = program(directory).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments ends before it reads anything.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command.current_dir(directory).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("CLOAKROOM_")) {
        command.env_remove(variable);
    }
    command
}

/// A gateway that has said where it listens.
struct Spawned {
    child: Child,
    address: SocketAddr,
    setup_path: Option<String>,
    metrics: Option<SocketAddr>,
}

#[expect(clippy::zombie_processes, reason = "the gateway is waited for when it is dropped")]
fn spawn(directory: &Path, listen: &str, arguments: &[String]) -> Spawned {
    let log = std::fs::File::create(directory.join("log")).unwrap();
    let mut command = program(directory);
    command.args(["serve", "--listen", listen]).args(arguments).stderr(log);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let (mut setup_path, mut metrics) = (None, None);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 {
            child.wait().unwrap();
            let log = std::fs::read_to_string(directory.join("log")).unwrap();
            panic!("the gateway did not start: {log}");
        }
        if let Some(at) = line.find("/_cloakroom/setup/") {
            setup_path = Some(line[at..].trim().to_owned());
        }
        if let Some(rest) = line.strip_prefix("Metrics are at http://") {
            metrics = rest.trim().strip_suffix("/metrics").map(|address| address.parse().unwrap());
        }
        if let Some(rest) = line.strip_prefix("Listening on ") {
            let address = rest.split(';').next().unwrap().parse().unwrap();
            // The rest of the output is read so that the program never waits for us.
            std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
            return Spawned { child, address, setup_path, metrics };
        }
    }
}
