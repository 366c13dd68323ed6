//! Where the programs of the servers are, and who runs them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use crate::error::ServerError;
use crate::process::User;

/// The program that `variable` names; else the first of this name in the search path or in one of the `folders`.
///
/// # Errors
/// [`ServerError::System`] when there is none: a missing server fails a test, it never skips one.
pub(crate) fn program(variable: &str, name: &str, folders: &[PathBuf]) -> Result<PathBuf, ServerError> {
    if let Some(path) = env::var_os(variable) {
        return Ok(PathBuf::from(path));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(folders.iter().cloned())
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            let missing = io::Error::from(io::ErrorKind::NotFound);
            ServerError::system(format!("{name} is not installed; {variable} may say where it is"))(missing)
        })
}

/// The user of this name, when this process is root's and can become anybody; else nobody but ourselves.
pub(crate) fn user_for_root(name: &str) -> Result<Option<User>, ServerError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let cannot_look = || ServerError::system("cannot read the users of this machine");
    let users = fs::read_to_string("/etc/passwd").map_err(cannot_look())?;
    let found = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_it = fields.next()? == name;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        is_it.then_some(User { uid, gid })
    });
    let missing = || cannot_look()(io::Error::other(format!("there is no user {name}")));
    found.map(Some).ok_or_else(missing)
}

/// Gives a folder to the user that a server runs as.
pub(crate) fn give(folder: &Path, user: Option<User>) -> Result<(), ServerError> {
    let Some(User { uid, gid }) = user else { return Ok(()) };
    let what = format!("cannot give {} to the user of the server", folder.display());
    chown(folder, Some(uid), Some(gid)).map_err(ServerError::system(what))
}

/// Writes files that only the server's user can read.
pub(crate) fn write_private(
    folder: &Path,
    files: &[(&'static str, String)],
    user: Option<User>,
) -> Result<(), ServerError> {
    for (name, text) in files {
        let path = folder.join(name);
        let what = format!("cannot write {}", path.display());
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(ServerError::system(what))?;
        give(&path, user)?;
    }
    Ok(())
}

/// Runs a program that prepares a server's data, as the server's user.
pub(crate) fn prepare(command: &mut Command, user: Option<User>) -> Result<(), ServerError> {
    use std::os::unix::process::CommandExt;
    if let Some(User { uid, gid }) = user {
        command.gid(gid).uid(uid);
    }
    let program = PathBuf::from(command.get_program());
    let what = format!("cannot start {}", program.display());
    let output = command.stdin(Stdio::null()).output().map_err(ServerError::system(what))?;
    if output.status.success() {
        return Ok(());
    }
    let log = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    Err(ServerError::Preparation { program, log })
}

/// That the process that says it serves the data of ours is the one that was started.
pub(crate) fn check_owner(port: u16, pid: u32, pid_file: &Path) -> Result<bool, ServerError> {
    let Ok(text) = fs::read_to_string(pid_file) else { return Ok(false) };
    match text.lines().next().map(str::trim) {
        Some(owner) if owner == pid.to_string() => Ok(true),
        owner => {
            Err(ServerError::Foreign { port, evidence: format!("{} says {owner:?}", pid_file.display()) })
        }
    }
}
