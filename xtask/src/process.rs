//! Programs that a task runs, and how their trouble is told.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// What a task comes to: done, or a reason that `main` prints with its causes.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("cannot start `{program}`")]
    Start { program: String, source: io::Error },
    #[error("`{program}` ended with {status}: {stderr}")]
    Failed { program: String, status: ExitStatus, stderr: String },
}

/// The cargo that runs us, so that a toolchain override reaches every step.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// The folder of the workspace, wherever in it the task was started.
pub(crate) fn workspace_root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// A path of the workspace as its files are named: from the root, with slashes.
pub(crate) fn below(root: &Path, path: &str) -> Option<String> {
    let relative = Path::new(path).strip_prefix(root).ok()?;
    Some(relative.to_str()?.replace('\\', "/"))
}

/// The standard output of a program that has to succeed.
pub(crate) fn output_of(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    let program = name_of(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ProcessError::Start { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ProcessError::Failed { program, status: output.status, stderr })
}

/// Where the search path has a program of this name.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

fn name_of(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
