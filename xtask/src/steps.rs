//! A task as a list of named steps: all of them run, whatever fails, and a summary closes the run.

use std::error::Error;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{fmt, io};

use crate::process::Outcome;
use crate::stopwatch::Stopwatch;

/// One thing to do, and the name that the summary gives it.
pub(crate) struct Step<'a> {
    name: &'static str,
    work: Work<'a>,
}

enum Work<'a> {
    Program(Command),
    Task(Box<dyn FnOnce() -> Outcome + 'a>),
}

/// How a step ended, and how long it took.
#[derive(Debug)]
struct Done {
    name: &'static str,
    ending: Ending,
    took: Duration,
}

#[derive(Debug)]
enum Ending {
    Passed,
    Failed(ExitStatus),
    /// The program is missing, or may not be run.
    NotStarted(io::Error),
    Refused(Box<dyn Error>),
}

/// At least one step failed; the summary has said which.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {all} steps failed")]
struct Failed {
    failed: usize,
    all: usize,
}

impl<'a> Step<'a> {
    pub(crate) fn program(name: &'static str, command: Command) -> Self {
        Self { name, work: Work::Program(command) }
    }

    /// Another task of this program.
    pub(crate) fn task(name: &'static str, task: impl FnOnce() -> Outcome + 'a) -> Self {
        Self { name, work: Work::Task(Box::new(task)) }
    }

    fn run(self) -> Done {
        println!("\n== {}", self.name);
        let watch = Stopwatch::start();
        let ending = match self.work {
            Work::Program(command) => run_program(command),
            Work::Task(task) => task().map_or_else(Ending::Refused, |()| Ending::Passed),
        };
        Done { name: self.name, ending, took: watch.elapsed() }
    }
}

fn run_program(mut command: Command) -> Ending {
    // No step may wait for somebody to type.
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ending::Passed,
        Ok(status) => Ending::Failed(status),
        Err(error) => Ending::NotStarted(error),
    }
}

impl fmt::Display for Done {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if matches!(self.ending, Ending::Passed) { "passed" } else { "FAILED" };
        write!(formatter, "{word}  {:>7.1} s  {}", self.took.as_secs_f64(), self.name)?;
        match &self.ending {
            Ending::Passed => Ok(()),
            Ending::Failed(status) => write!(formatter, " ({status})"),
            Ending::NotStarted(error) => write!(formatter, " (cannot start: {error})"),
            Ending::Refused(error) => write!(formatter, " ({error})"),
        }
    }
}

/// Runs the steps in their order and prints how each ended. The last line is `N passed, N failed`.
pub(crate) fn run(steps: Vec<Step<'_>>) -> Outcome {
    let done: Vec<Done> = steps.into_iter().map(Step::run).collect();
    let all = done.len();
    let failed = done.iter().filter(|done| !matches!(done.ending, Ending::Passed)).count();
    println!();
    for done in &done {
        println!("{done}");
    }
    println!("\n{} passed, {failed} failed", all - failed);
    if failed > 0 {
        return Err(Failed { failed, all }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;

    fn cargo(argument: &str) -> Command {
        let mut command = process::cargo();
        command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    #[test]
    fn a_failed_step_fails_the_run_and_those_after_it_still_run() {
        let steps =
            vec![Step::program("bad", cargo("--no-such-flag")), Step::program("good", cargo("--version"))];
        let error = run(steps).expect_err("a step failed");
        assert_eq!(error.to_string(), "1 of 2 steps failed");
    }

    #[test]
    fn a_program_that_is_missing_is_a_failure() {
        assert!(run(vec![Step::program("gone", Command::new("no-such-program-anywhere"))]).is_err());
    }

    #[test]
    fn a_task_that_refuses_fails_the_run() {
        assert!(run(vec![Step::task("bad", || Err(io::Error::other("no").into()))]).is_err());
    }

    #[test]
    fn a_run_without_failures_passes() {
        assert!(run(vec![Step::program("good", cargo("--version"))]).is_ok());
    }
}
