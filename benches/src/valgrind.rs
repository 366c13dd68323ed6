//! Instructions, as valgrind counts them: the same on every run, whatever else the machine does.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use thiserror::Error;

/// Tells where valgrind is, when it is not in the search path.
const VARIABLE: &str = "CLOAKROOM_VALGRIND";

/// Why there is no count.
#[derive(Debug, Error)]
pub enum ValgrindError {
    /// It is not installed, or not allowed.
    #[error("cannot start valgrind; install it, or name it in {VARIABLE}")]
    Start(#[source] io::Error),
    /// It, or the program that it ran, failed.
    #[error("valgrind ended with {status}: {stderr}")]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
    /// It said something else than it says today.
    #[error("valgrind printed no count: {0}")]
    NoCount(String),
}

/// How many instructions a program takes from its start to its end.
///
/// Valgrind hides the processor's instructions for SHA-256, which costs some 3,300 instructions more for each hash.
///
/// # Errors
/// [`ValgrindError`].
pub fn instructions(program: &Path, arguments: &[&str]) -> Result<u64, ValgrindError> {
    let valgrind = env::var_os(VARIABLE).unwrap_or_else(|| OsString::from("valgrind"));
    let mut command = Command::new(valgrind);
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    let output = command.stdin(Stdio::null()).output().map_err(ValgrindError::Start)?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(ValgrindError::Failed { status: output.status, stderr });
    }
    collected(&stderr).ok_or(ValgrindError::NoCount(stderr))
}

/// The number in a line such as `==4711== Collected : 1234567`.
fn collected(stderr: &str) -> Option<u64> {
    let count = stderr.lines().find_map(|line| line.split_once("Collected :"))?.1;
    count.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_the_line_that_has_it() {
        let stderr = "==1== Callgrind\n==1== Events    : Ir\n==1== Collected : 1234567\n==1== \n";
        assert_eq!(collected(stderr), Some(1_234_567));
        assert_eq!(collected("==1== Collected nothing"), None);
    }
}
