//! The program as a process: started on two free ports, spoken to, killed by its process ID.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, WaitOptions, kill_process, prlimit, waitpid};
use tempfile::{NamedTempFile, TempDir};

use super::answer::Answer;
use super::leaks::secret_in;
use super::port::free_address;
use super::request::Request;
use super::rules;
use super::stopwatch::Stopwatch;
use super::wire::Connection;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cloakroom-bench");

/// Longer than any request needs to reach its gate on a busy machine.
const GATE_PATIENCE: Duration = Duration::from_secs(20);

/// How much of its log is shown when a test fails.
const LAST_WORDS_LEN: usize = 8 * 1024;

/// One running program. Dropping it kills the process, and fails the test if it had died before.
pub(crate) struct Bench {
    process: Child,
    /// Keeps the store's folder as long as a process is on it.
    _folder: Arc<TempDir>,
    killed: bool,
    listen: SocketAddr,
    control: SocketAddr,
    stderr: NamedTempFile,
    gates: AtomicU32,
}

impl Bench {
    /// Starts the program; where it stops instead of saying `ready`, the error is what it said.
    pub(crate) fn spawn(
        store_url: &str,
        folder: Arc<TempDir>,
        flags: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, String> {
        Self::spawn_by(Command::new(PROGRAM), store_url, folder, flags, environment)
    }

    /// Like [`Self::spawn`], with a program that goes on when it meets a limit on the size of files, which kills others.
    pub(crate) fn spawn_with_limits(
        store_url: &str,
        folder: Arc<TempDir>,
        flags: &[&str],
    ) -> Result<Self, String> {
        let mut command = Command::new("sh");
        // Its log would be such a file.
        command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@" 2>/dev/null"#, PROGRAM]);
        Self::spawn_by(command, store_url, folder, flags, &[])
    }

    fn spawn_by(
        mut command: Command,
        store_url: &str,
        folder: Arc<TempDir>,
        flags: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, String> {
        let (listen, control) = (free_address(), free_address());
        let stderr = NamedTempFile::new().expect("a temporary file can be made");
        let mut process = command
            .args(["--store", store_url])
            .args(["--listen", &listen.to_string(), "--control", &control.to_string()])
            .args(flags)
            .env("RUST_LOG", "trace")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(append_to(&stderr))
            .spawn()
            .expect("the program can be started");
        let stdout = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let ready = wait_for_ready(stdout, append_to(&stderr));
        let gates = AtomicU32::new(0);
        let bench = Self { process, _folder: folder, killed: !ready, listen, control, stderr, gates };
        if ready { Ok(bench) } else { Err(String::from_utf8_lossy(&bench.log()).into_owned()) }
    }

    pub(crate) fn listen(&self) -> SocketAddr {
        self.listen
    }

    pub(crate) fn control_address(&self) -> SocketAddr {
        self.control
    }

    /// Resident memory of the process: the second figure of `statm`, in pages of 4 KiB.
    pub(crate) fn resident_octets(&self) -> u64 {
        let path = format!("/proc/{}/statm", self.process.id());
        let statm = std::fs::read_to_string(path).expect("the process runs");
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
        pages.expect("statm has figures") * 4096
    }

    /// All that the program wrote to its standard streams.
    pub(crate) fn log(&self) -> Vec<u8> {
        std::fs::read(self.stderr.path()).expect("the log can be read")
    }

    /// SIGKILL, and nothing else: no farewell, no flush.
    pub(crate) fn kill(mut self) {
        assert!(self.died().is_none(), "the program had died before");
        self.process.kill().expect("the process can be killed");
        self.killed = true;
    }

    /// The most octets that a file of the process may have from now on; `None` for any number.
    pub(crate) fn limit_files(&self, octets_max: Option<u64>) {
        let limit = Rlimit { current: octets_max, maximum: None };
        prlimit(Some(Pid::from_child(&self.process)), Resource::Fsize, limit)
            .expect("our own child takes our limits");
    }

    /// Stops the process where it is, every thread of it, until [`Bench::go_on`].
    pub(crate) fn stop(&self) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::STOP).expect("our own child takes our signals");
        let status = waitpid(Some(pid), WaitOptions::UNTRACED).expect("our own child can be waited for");
        assert!(status.is_some_and(|(_, status)| status.stopped()), "the program had died before");
    }

    /// Lets a stopped process go on.
    pub(crate) fn go_on(&self) {
        kill_process(Pid::from_child(&self.process), Signal::CONT).expect("our own child takes our signals");
    }

    fn died(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("the process can be asked for")
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.listen).expect("the program accepts connections")
    }

    /// One request on a connection of its own.
    #[track_caller]
    pub(crate) fn ask(&self, request: &Request) -> Answer {
        self.launch(request.clone()).land()
    }

    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(&Request::get(target))
    }

    /// Sends a request and leaves its answer for later.
    #[track_caller]
    pub(crate) fn launch(&self, request: Request) -> Flight {
        let mut connection = self.connect();
        connection.send(&request).expect("the program takes the request");
        Flight { request, connection }
    }

    /// Whether this token is good for a protected route; such a look is activity.
    #[track_caller]
    pub(crate) fn is_live(&self, token: &str) -> bool {
        let answer = self.ask(&Request::get("/me").token(token));
        match answer.status {
            200 => true,
            401 => false,
            other => panic!("GET /me -> {other}: {}", answer.text()),
        }
    }

    #[track_caller]
    pub(crate) fn assert_live(&self, token: &str) {
        assert!(self.is_live(token), "this token should be good");
    }

    #[track_caller]
    pub(crate) fn assert_dead(&self, token: &str) {
        assert!(!self.is_live(token), "this token should be refused");
    }

    #[track_caller]
    pub(crate) fn assert_all_live(&self, tokens: &[String]) {
        for token in tokens {
            self.assert_live(token);
        }
    }

    #[track_caller]
    pub(crate) fn assert_all_dead(&self, tokens: &[String]) {
        for token in tokens {
            self.assert_dead(token);
        }
    }

    /// The name of a gate that nobody has used.
    pub(crate) fn fresh_gate(&self) -> String {
        format!("gate{}", self.gates.fetch_add(1, Ordering::Relaxed))
    }

    /// Launches `/slow` requests, each `(then, token)`, and returns when all of them have read their session.
    #[track_caller]
    pub(crate) fn hold<'t>(&self, flights: impl IntoIterator<Item = (&'t str, Option<&'t str>)>) -> Held<'_> {
        let gate = self.fresh_gate();
        let requests = flights.into_iter().map(|(then, token)| Request::slow(&gate, then).maybe_token(token));
        let flights: Vec<Flight> = requests.map(|request| self.launch(request)).collect();
        self.wait_at(&gate, flights.len());
        Held { bench: self, gate, flights }
    }

    /// Returns when exactly this many requests wait at the gate.
    #[track_caller]
    pub(crate) fn wait_at(&self, gate: &str, count: usize) {
        let request = Request::get(format!("/gate?name={gate}"));
        let mut control = Connection::open(self.control).expect("the control listener accepts connections");
        let expected = i64::try_from(count).expect("a handful of requests");
        Stopwatch::wait_until(GATE_PATIENCE, &format!("{count} requests at {gate}"), || {
            control.ask(&request).expect(200).json_integer("waiting") == expected
        });
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let died = if self.killed { None } else { self.died() };
        let _ = self.process.kill();
        let _ = self.process.wait();
        let log = self.log();
        let last_words = String::from_utf8_lossy(&log[log.len().saturating_sub(LAST_WORDS_LEN)..]);
        if std::thread::panicking() {
            eprintln!("the program's last words: {last_words}");
            return;
        }
        if let Some(status) = died {
            panic!("the program had died ({status}); its last words: {last_words}");
        }
        if let Some(at) = secret_in(&log) {
            let around = at.start.saturating_sub(200)..(at.end + 200).min(log.len());
            panic!("the log holds a secret: {}", String::from_utf8_lossy(&log[around]));
        }
    }
}

fn append_to(log: &NamedTempFile) -> File {
    File::options().append(true).open(log.path()).expect("a temporary file can be opened again")
}

/// Waits for the line `ready`; from then on a thread copies standard output into the log.
fn wait_for_ready(mut stdout: BufReader<ChildStdout>, mut log: File) -> bool {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        while stdout.read_line(&mut line).is_ok_and(|octets| octets > 0) {
            if line.trim() == "ready" {
                let _ = sender.send(());
                let _ = std::io::copy(&mut stdout, &mut log);
                return;
            }
            line.clear();
        }
    });
    receiver.recv_timeout(Duration::from_secs(30)).is_ok()
}

/// A request under way.
pub(crate) struct Flight {
    request: Request,
    connection: Connection,
}

impl Flight {
    /// Waits for the answer.
    #[track_caller]
    pub(crate) fn land(self) -> Answer {
        self.try_land().expect("the program answers")
    }

    /// Waits for the answer, or for the connection to break.
    #[track_caller]
    pub(crate) fn try_land(mut self) -> std::io::Result<Answer> {
        let answer = self.connection.receive(&self.request)?;
        rules::check(&self.request, &answer);
        Ok(answer)
    }

    /// Waits for the head alone; the body is left on the wire.
    #[track_caller]
    pub(crate) fn head(&mut self) -> Answer {
        let answer = self.connection.receive_head().expect("the program answers");
        rules::check(&self.request, &answer);
        answer
    }

    /// Whether anything of the answer arrives within the time.
    pub(crate) fn hears_something(&mut self, within: Duration) -> bool {
        self.connection.hears_something(within)
    }

    /// Goes away without an answer, as a browser does when its user presses stop.
    pub(crate) fn abandon(self) {
        drop(self.connection);
    }
}

/// Requests that have read their session and wait at one gate.
#[must_use]
pub(crate) struct Held<'b> {
    bench: &'b Bench,
    gate: String,
    flights: Vec<Flight>,
}

impl Held<'_> {
    /// Opens the gate; the answers come in the order of the requests.
    #[track_caller]
    pub(crate) fn release(self) -> Vec<Answer> {
        self.bench.open(&self.gate);
        self.flights.into_iter().map(Flight::land).collect()
    }
}
