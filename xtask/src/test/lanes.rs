//! Test programs side by side: many of them wait for servers, and a core that waits is a minute lost.

use std::collections::VecDeque;
use std::num::NonZero;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{env, io, thread};

use super::binaries::Binary;
use super::blame::blame;
use crate::stopwatch::Stopwatch;

/// How many run at a time. Each has threads of its own; more of them would only make time limits fail, and a build goes on beside them.
const LANES: usize = 2;

/// Those that take longest, the longest first, so that none is left over for the end.
const LONG: [&str; 13] = [
    "bench behaviours",
    "cloakroom-cli stories",
    "cloakroom-cli pages",
    "browsers browsers",
    "cloakroom-redis servers",
    "cloakroom-cli proxies",
    "cloakroom near_footprint",
    "cloakroom-sql postgres_conformance",
    "cloakroom-audit fixtures",
    "soak storms",
    "cloakroom-sql servers",
    "cloakroom-core cloakroom_core",
    "cloakroom cloakroom",
];

/// Those that spend most of their time waiting for what takes a gateway its seconds: twice as many of their tests run at a time.
const WAITING: [&str; 1] = ["cloakroom-cli stories"];

/// By which the harness of Rust is told how many.
const THREADS: &str = "RUST_TEST_THREADS";

/// How many of the slowest are named at the end.
const NAMED: usize = 10;

/// What came of one program.
#[derive(Debug)]
struct Done {
    name: String,
    output: io::Result<Output>,
    took: Duration,
}

/// Not all of the programs passed.
#[derive(Debug, thiserror::Error)]
#[error("{} of {all} test programs failed:{}", failed.len(), failed.concat())]
pub(super) struct Failed {
    /// A line for each, and more below it for its tests.
    failed: Vec<String>,
    all: usize,
}

/// Runs all of them, whatever fails, and prints what each said when it has ended. `command` makes a program's surroundings.
pub(super) fn run(
    mut binaries: Vec<Binary>,
    command: impl Fn(&Binary) -> Command + Sync,
) -> Result<(), Failed> {
    binaries.sort_by_key(|binary| LONG.iter().position(|&name| name == binary.name).unwrap_or(LONG.len()));
    let all = binaries.len();
    let waiting = Mutex::new(VecDeque::from(binaries));
    let (say, said) = mpsc::channel();
    let done: Vec<Done> = thread::scope(|scope| {
        for _ in 0..LANES {
            let say = say.clone();
            scope.spawn(|| {
                let say = say;
                while let Some(binary) = next(&waiting) {
                    // The one who listens stays until every lane is done.
                    let _ = say.send(run_one(&binary, command(&binary)));
                }
            });
        }
        drop(say);
        said.into_iter().inspect(Done::print).collect()
    });
    print_slowest(&done);
    let failed: Vec<String> = done.iter().filter(|done| !done.passed()).map(Done::blamed).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failed { failed, all }) }
}

fn next(waiting: &Mutex<VecDeque<Binary>>) -> Option<Binary> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn run_one(binary: &Binary, mut command: Command) -> Done {
    if WAITING.contains(&binary.name.as_str()) && env::var_os(THREADS).is_none() {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        command.env(THREADS, (2 * cores).to_string());
    }
    let watch = Stopwatch::start();
    let output = command.stdin(Stdio::null()).output();
    Done { name: binary.name.clone(), output, took: watch.elapsed() }
}

fn print_slowest(done: &[Done]) {
    let mut slowest: Vec<&Done> = done.iter().collect();
    slowest.sort_by_key(|done| std::cmp::Reverse(done.took));
    println!("\nthe slowest of {} test programs", done.len());
    for done in slowest.iter().take(NAMED) {
        println!("{:>7.1} s  {}", done.took.as_secs_f64(), done.name);
    }
}

impl Done {
    fn status(&self) -> Option<ExitStatus> {
        self.output.as_ref().ok().map(|output| output.status)
    }

    fn passed(&self) -> bool {
        self.status().is_some_and(|status| status.success())
    }

    /// Its name, and what failed in it.
    fn blamed(&self) -> String {
        let written = self.output.as_ref().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let mut lines = format!("\n    {}", self.name);
        for test in blame(&written.unwrap_or_default()) {
            lines += "\n        ";
            lines += &test;
        }
        lines
    }

    fn print(&self) {
        println!("\n-- {} ({:.1} s)", self.name, self.took.as_secs_f64());
        match &self.output {
            Ok(output) => {
                print!(
                    "{}{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                );
                if !output.status.success() {
                    println!("FAILED: {} ({})", self.name, output.status);
                }
            }
            Err(error) => println!("FAILED: {} cannot start: {error}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(name: &str) -> Binary {
        Binary { folder: ".".into(), program: name.into(), name: name.to_owned() }
    }

    fn shell(binary: &Binary) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &binary.name]);
        command
    }

    #[test]
    fn all_run_and_those_that_failed_are_named() {
        let binaries = ["true", "exit 3", "true", "exit 4"].map(binary).to_vec();
        let failed = run(binaries, shell).expect_err("two of them fail").to_string();
        assert!(failed.starts_with("2 of 4 test programs failed:"), "{failed}");
        assert!(failed.contains("exit 3") && failed.contains("exit 4"), "{failed}");
    }

    #[test]
    fn a_program_that_cannot_start_is_a_failure() {
        assert!(run(vec![binary("gone")], |_| Command::new("no-such-program-anywhere")).is_err());
    }

    #[test]
    fn every_one_that_is_named_is_there() {
        let root = crate::process::workspace_root();
        for name in LONG.into_iter().chain(WAITING) {
            let (package, target) = name.split_once(' ').expect("a package's folder and a target");
            let folders = ["", "crates", "examples"].map(|parent| root.join(parent).join(package));
            let is_there = folders.iter().any(|folder| {
                let tests = folder.join("tests").join(target);
                let is_library = target == package.replace('-', "_") && folder.join("src/lib.rs").is_file();
                is_library || tests.join("main.rs").is_file() || tests.with_extension("rs").is_file()
            });
            assert!(is_there, "{name}");
        }
    }

    #[test]
    fn nothing_to_run_passes() {
        assert!(run(Vec::new(), shell).is_ok());
    }
}
