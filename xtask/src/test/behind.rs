//! Builds that go on behind the tests, in the time that these leave.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::{io, thread};

use crate::process::find_program;

/// The least priority. With more, tests of servers miss limits of time.
const NICENESS: &str = "19";

/// Programs that run one after the other with little priority; what they say is kept until it is asked for.
#[derive(Debug)]
pub(super) struct Behind {
    endings: Receiver<Result<(), BehindError>>,
}

/// Why one of them came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum BehindError {
    #[error("it cannot be started or waited for")]
    Process(#[from] io::Error),
    #[error("it ended with {status}:\n{said}")]
    Failed { status: ExitStatus, said: String },
    #[error("nothing more was begun")]
    NothingLeft,
}

impl Behind {
    /// Starts the first of `commands`, and each of the others when the one before has ended, however. Their words go to the file `said`.
    pub(super) fn start(commands: Vec<Command>, said: PathBuf) -> Self {
        let (tell, endings) = mpsc::channel();
        thread::spawn(move || {
            for command in commands {
                // Whoever asks no more has no use for the rest.
                let Ok(()) = tell.send(run(&command, &said)) else { return };
            }
        });
        Self { endings }
    }

    /// Waits for the end of the next one.
    pub(super) fn finish_next(&self) -> Result<(), BehindError> {
        self.endings.recv().map_err(|_| BehindError::NothingLeft)?
    }
}

fn run(command: &Command, said: &Path) -> Result<(), BehindError> {
    let words = File::create(said)?;
    let mut patient = patient(command);
    let status = patient.stdin(Stdio::null()).stdout(words.try_clone()?).stderr(words).status()?;
    if status.success() {
        return Ok(());
    }
    Err(BehindError::Failed { status, said: std::fs::read_to_string(said)? })
}

/// The same command by way of `nice`, where there is one.
fn patient(command: &Command) -> Command {
    let mut patient = match find_program("nice") {
        Some(nice) => {
            let mut patient = Command::new(nice);
            patient.args(["-n", NICENESS]).arg(command.get_program());
            patient
        }
        None => Command::new(command.get_program()),
    };
    patient.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        patient.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => patient.env(name, value),
            None => patient.env_remove(name),
        };
    }
    patient
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("WORD", "here");
        command
    }

    fn file(name: &str) -> PathBuf {
        env::temp_dir().join(format!("behind-{name}-{}", std::process::id()))
    }

    #[test]
    fn what_it_said_is_told_when_it_failed_and_the_next_one_runs() {
        let behind = Behind::start(vec![shell("echo $WORD; exit 3"), shell("true")], file("failed"));
        let trouble = behind.finish_next().expect_err("it fails");
        assert!(trouble.to_string().ends_with("here\n"), "{trouble}");
        assert!(behind.finish_next().is_ok());
    }

    #[test]
    fn one_that_passes_says_nothing() {
        assert!(Behind::start(vec![shell("true")], file("passed")).finish_next().is_ok());
    }

    #[test]
    fn an_end_that_nobody_began_is_a_failure() {
        assert!(Behind::start(Vec::new(), file("none")).finish_next().is_err());
    }
}
