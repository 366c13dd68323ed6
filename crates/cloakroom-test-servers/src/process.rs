//! A server program: started, paused, killed, started again.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::error::ServerError;

/// Longer together than any server needs on a busy machine.
const POLLS: usize = 6000;
const POLL: Duration = Duration::from_millis(10);

/// Starts the server, tells its process ID, and ends it when standard input does: when this process is gone, however
/// it went. The test process itself cannot be trusted with that, since a test that is killed drops nothing.
const SUPERVISOR: &str = r#""$@" </dev/null >&2 & server=$!; echo "$server"; read -r _; kill -CONT "$server" 2>/dev/null
kill -KILL "$server" 2>/dev/null; wait"#;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Environment variables beside those of this process.
    pub environment: Vec<(OsString, OsString)>,
    /// The user that it runs as; `None` for the one of this process.
    pub user: Option<User>,
    /// Where it runs, and where its log is.
    pub folder: PathBuf,
}

/// A user of this machine.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The user's number.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
}

/// A server that runs, or has been killed and may run again.
pub struct Process {
    start: Start,
    running: Option<Running>,
}

struct Running {
    supervisor: Child,
    server: Pid,
}

impl Process {
    /// Starts a server and waits until `is_ready` says so.
    ///
    /// `is_ready` gets the process ID and everything that the server wrote, and makes sure that what answers is this very
    /// server.
    ///
    /// # Errors
    /// [`ServerError`], with what the server wrote.
    pub fn start(
        start: Start,
        is_ready: impl FnMut(u32, &str) -> Result<bool, ServerError>,
    ) -> Result<Self, ServerError> {
        let mut process = Self { start, running: None };
        process.start_again(is_ready)?;
        Ok(process)
    }

    /// Starts the server again after [`Process::kill`], with the same arguments.
    ///
    /// # Errors
    /// [`ServerError`], with what the server wrote.
    pub fn start_again(
        &mut self,
        mut is_ready: impl FnMut(u32, &str) -> Result<bool, ServerError>,
    ) -> Result<(), ServerError> {
        self.kill();
        let written_before = self.log().len();
        let running = self.running.insert(Running::start(&self.start, &self.start.log_path())?);
        let pid = running.server;
        for _ in 0..POLLS {
            let log = self.log().split_off(written_before);
            if is_ready(pid.as_raw_nonzero().get().cast_unsigned(), &log)? {
                return Ok(());
            }
            if !is_alive(pid) {
                // Read once more: its last words may be later than what was read before.
                let log = self.log().split_off(written_before);
                return Err(ServerError::Ended { program: self.start.program.clone(), log });
            }
            wait_a_moment();
        }
        Err(ServerError::Late {
            program: self.start.program.clone(),
            log: self.log().split_off(written_before),
        })
    }

    /// Kills the server: no farewell, no flush. Nothing happens when it does not run.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }

    /// Stops the server where it is; connections stay open and nobody answers on them.
    ///
    /// When this returns, it has stopped: a thread of it that runs at this moment does not take the signal at once.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        if let Some(running) = &self.running {
            wait_until_stopped(running.server);
        }
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// The server's process ID while it runs.
    pub fn id(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.server.as_raw_nonzero().get().cast_unsigned())
    }

    /// Everything that the server has written to its standard streams.
    pub fn log(&self) -> String {
        let octets = fs::read(self.start.log_path()).unwrap_or_default();
        String::from_utf8_lossy(&octets).into_owned()
    }

    /// Where the server runs.
    pub fn folder(&self) -> &Path {
        &self.start.folder
    }

    fn signal(&self, signal: Signal) {
        let running = self.running.as_ref().expect("only a server that runs is paused");
        kill_process(running.server, signal).expect("our own child takes our signals");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("program", &self.start.program)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

impl Start {
    fn log_path(&self) -> PathBuf {
        self.folder.join("log")
    }
}

impl Running {
    fn start(start: &Start, log: &Path) -> Result<Self, ServerError> {
        let program = start.program.display();
        let open = || -> std::io::Result<File> { OpenOptions::new().create(true).append(true).open(log) };
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR, "supervisor"]).arg(&start.program).args(&start.arguments);
        command.envs(start.environment.iter().cloned()).current_dir(&start.folder);
        // The server writes to its log, and the supervisor tells the process ID on a stream that the server never has.
        let cannot_log = || ServerError::system(format!("cannot write the log of {program}"));
        command.stdin(Stdio::piped()).stderr(open().map_err(cannot_log())?).stdout(Stdio::piped());
        as_user(&mut command, start.user);
        let cannot_start = || ServerError::system(format!("cannot start {program}"));
        let mut supervisor = command.spawn().map_err(cannot_start())?;
        let mut line = String::new();
        let stdout = supervisor.stdout.take().expect("standard output is piped");
        BufReader::new(stdout).read_line(&mut line).map_err(cannot_start())?;
        let server = line.trim().parse().ok().and_then(Pid::from_raw);
        match server {
            Some(server) => Ok(Self { supervisor, server }),
            None => Err(ServerError::Ended {
                program: start.program.clone(),
                log: fs::read_to_string(log).unwrap_or_default(),
            }),
        }
    }

    fn kill(mut self) {
        drop(self.supervisor.stdin.take());
        self.supervisor.wait().expect("our own child can be waited for");
    }
}

#[cfg(unix)]
fn as_user(command: &mut Command, user: Option<User>) {
    use std::os::unix::process::CommandExt;
    if let Some(User { uid, gid }) = user {
        command.gid(gid).uid(uid);
    }
}

#[expect(clippy::disallowed_methods, reason = "a starting server tells nobody when it is ready; it is asked")]
pub(crate) fn wait_a_moment() {
    thread::sleep(POLL);
}

/// Waits until every thread of a process that was told to stop has done so, or the process has ended.
pub(crate) fn wait_until_stopped(process: Pid) {
    let threads = format!("/proc/{}/task", process.as_raw_nonzero());
    let runs = |thread: fs::DirEntry| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['T', 'Z', 'X']))
    };
    while fs::read_dir(&threads).into_iter().flatten().flatten().any(runs) {
        wait_a_moment();
    }
}

/// Whether a child of the supervisor runs; one that has ended is waited for only by the supervisor.
pub(crate) fn is_alive(server: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.as_raw_nonzero())).unwrap_or_default();
    // The state follows the name, which stands in brackets and may hold anything.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    fn sleeper(folder: &Path, words: &str) -> Start {
        Start {
            program: PathBuf::from("sh"),
            arguments: ["-c", words].map(OsString::from).to_vec(),
            environment: Vec::new(),
            user: None,
            folder: folder.to_owned(),
        }
    }

    #[test]
    fn a_server_is_ready_when_it_says_so_and_gone_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut pid = None;
        let server = Process::start(sleeper(folder.path(), "echo ready >&2; exec sleep 600"), |id, log| {
            pid = Some(id);
            Ok(log.contains("ready"))
        })
        .unwrap();
        let pid = Pid::from_raw(pid.unwrap().cast_signed()).unwrap();
        assert!(is_alive(pid));
        drop(server);
        assert!(!is_alive(pid));
    }

    #[test]
    fn a_server_is_gone_when_the_process_that_started_it_was_killed() {
        const NAME: &str = "process::tests::a_server_is_gone_when_the_process_that_started_it_was_killed";
        const STARTER: &str = "CLOAKROOM_TEST_STARTER";
        if let Some(folder) = env::var_os(STARTER) {
            // This test once more, as the process that is killed.
            let start = sleeper(Path::new(&folder), "echo ready >&2; exec sleep 600");
            let server = Process::start(start, |_, log| Ok(log.contains("ready"))).unwrap();
            println!("server {}", server.id().unwrap());
            std::io::stdin().read_line(&mut String::new()).unwrap();
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", NAME, "--nocapture"]).env(STARTER, folder.path());
        let mut starter = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(starter.stdout.take().unwrap()).lines().map_while(Result::ok);
        let server = lines.find_map(|line| line.split_once("server ")?.1.parse().ok());
        let server = Pid::from_raw(server.expect("it has started")).unwrap();
        assert!(is_alive(server));
        starter.kill().unwrap();
        starter.wait().unwrap();
        for _ in 0..POLLS {
            if !is_alive(server) {
                return;
            }
            wait_a_moment();
        }
        panic!("it outlives whoever has started it");
    }

    #[test]
    fn a_killed_server_starts_again_and_its_old_log_says_nothing_about_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut server =
            Process::start(sleeper(folder.path(), "echo ready >&2; exec sleep 600"), |_, log| {
                Ok(log.contains("ready"))
            })
            .unwrap();
        server.kill();
        server.start_again(|_, log| Ok(log == "ready\n")).unwrap();
        assert_eq!(server.log(), "ready\nready\n");
    }

    #[test]
    fn a_server_that_ends_at_once_is_an_error_with_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let ended = Process::start(sleeper(folder.path(), "echo no such folder >&2"), |_, _| Ok(false));
        assert!(matches!(ended, Err(ServerError::Ended { log, .. }) if log == "no such folder\n"));
    }
}
