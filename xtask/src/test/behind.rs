//! A build that goes on behind the tests, in the time that these leave.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::process::find_program;

/// A program that runs with the least priority; what it says is kept until it is asked for.
#[derive(Debug)]
pub(super) struct Behind {
    child: Child,
    said: PathBuf,
}

/// Why it came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum BehindError {
    #[error("it cannot be started or waited for")]
    Process(#[from] io::Error),
    #[error("it ended with {status}:\n{said}")]
    Failed { status: ExitStatus, said: String },
}

impl Behind {
    /// Starts `command`, whose words go to the file `said`.
    pub(super) fn start(command: &Command, said: PathBuf) -> Result<Self, BehindError> {
        let words = File::create(&said)?;
        let mut patient = patient(command);
        patient.stdin(Stdio::null()).stdout(words.try_clone()?).stderr(words);
        Ok(Self { child: patient.spawn()?, said })
    }

    /// Waits for its end.
    pub(super) fn finish(mut self) -> Result<(), BehindError> {
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(BehindError::Failed { status, said: std::fs::read_to_string(&self.said)? })
    }
}

/// The same command by way of `nice`, where there is one.
fn patient(command: &Command) -> Command {
    let mut patient = match find_program("nice") {
        Some(nice) => {
            let mut patient = Command::new(nice);
            patient.args(["-n", "19"]).arg(command.get_program());
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

    fn started(script: &str, name: &str) -> Behind {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("WORD", "here");
        let said = env::temp_dir().join(format!("behind-{name}-{}", std::process::id()));
        Behind::start(&command, said).expect("a shell starts")
    }

    #[test]
    fn what_it_said_is_told_when_it_failed() {
        let trouble = started("echo $WORD; exit 3", "failed").finish().expect_err("it fails");
        assert!(trouble.to_string().ends_with("here\n"), "{trouble}");
    }

    #[test]
    fn one_that_passes_says_nothing() {
        assert!(started("true", "passed").finish().is_ok());
    }
}
