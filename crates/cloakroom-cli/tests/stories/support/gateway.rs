//! The real program, on a port and in a directory of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A gateway that runs until it is dropped.
pub(crate) struct Gateway {
    directory: tempfile::TempDir,
    arguments: Vec<String>,
    child: Child,
    pub(crate) address: SocketAddr,
    /// The path of the set-up link, when one was printed.
    pub(crate) setup_path: Option<String>,
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
        let (child, address, setup_path) = spawn(directory.path(), listen, &arguments);
        Self { directory, arguments, child, address, setup_path }
    }

    /// SIGKILL: no farewell, no flush.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the program again in the same directory and on the same port.
    pub(crate) fn start_again(&mut self) {
        let (child, address, setup_path) =
            spawn(self.directory.path(), &self.address.to_string(), &self.arguments);
        self.child = child;
        assert_eq!(self.address, address);
        self.setup_path = setup_path;
    }

    /// Asks the program to end and says how it did.
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
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

    /// Runs another command of the program beside this one.
    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Output {
        run(self.directory.path(), arguments, input)
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

#[expect(clippy::zombie_processes, reason = "the gateway is waited for when it is dropped")]
fn spawn(directory: &Path, listen: &str, arguments: &[String]) -> (Child, SocketAddr, Option<String>) {
    let log = std::fs::File::create(directory.join("log")).unwrap();
    let mut command = program(directory);
    command.args(["serve", "--listen", listen]).args(arguments).stderr(log);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut setup_path = None;
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
        if let Some(rest) = line.strip_prefix("Listening on ") {
            let address = rest.split(';').next().unwrap().parse().unwrap();
            // The rest of the output is read so that the program never waits for us.
            std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
            return (child, address, setup_path);
        }
    }
}
