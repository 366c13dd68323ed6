//! Programs that a task runs, and how their trouble is told.

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
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
    program_of_ours(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A program that is told nothing of this one's package.
///
/// Build scripts look at that, and would run anew, with all that is built on them, whenever somebody changes between
/// `cargo test` and `cargo xtask test`.
pub(crate) fn program_of_ours(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| ours.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// The folder of the workspace, wherever in it the task was started.
pub(crate) fn workspace_root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// The folder in which everything is built.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from)
}

/// Where `cargo build --release` puts the program of this name.
pub(crate) fn as_released(name: &str) -> PathBuf {
    target().join("release").join(name)
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

/// Where the search path has a program of this name, or the file system one at this path.
///
/// A folder `*` of the path is any folder; of several that have the program, the one of the highest number is taken, as
/// Debian has a folder for each version of a server.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    if let Some((before, after)) = name.split_once("/*/") {
        let versions = std::fs::read_dir(before).ok()?.flatten();
        return versions
            .filter(|version| version.path().join(after).is_file())
            .max_by_key(|version| version.file_name().to_str().and_then(|name| name.parse::<u32>().ok()))
            .map(|version| version.path().join(after));
    }
    if name.starts_with('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

fn name_of(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_versions_the_highest_is_found() {
        let folder = env::temp_dir().join(format!("versions-{}", std::process::id()));
        for version in ["9", "15", "16"] {
            std::fs::create_dir_all(folder.join(version).join("bin")).expect("a temporary folder");
        }
        for version in ["9", "15"] {
            std::fs::write(folder.join(version).join("bin/server"), "").expect("a temporary file");
        }
        let pattern = format!("{}/*/bin/server", folder.display());
        let found = find_program(&pattern);
        std::fs::remove_dir_all(&folder).expect("our own folder");
        assert_eq!(found, Some(folder.join("15/bin/server")));
        assert_eq!(find_program(&pattern), None);
    }
}
