//! Libraries of Node that tests talk to, as npm brings them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::requirement_error::RequirementError;
use super::wheels::target_folder;

/// The provider of sign-ins. Its next major release asks for a newer Node than Debian's, and posts nothing to this machine.
const PACKAGE: &str = "oidc-provider@8.8.1";

/// The environment variable that tells the tests where it is.
const VARIABLE: &str = "CLOAKROOM_OIDC_PROVIDER";

/// The folder that the library is in, as an environment variable for the tests. Installs it if it is missing, which takes some
/// fifteen seconds.
pub(super) fn provide(npm: &Path) -> Result<(&'static str, PathBuf), RequirementError> {
    let folder = target_folder().join("npm");
    let home = folder.join(PACKAGE.replace('@', "-"));
    if !home.exists() {
        install(npm, &folder, &home)?;
    }
    Ok((VARIABLE, home))
}

/// Under another name first: a run that is broken off leaves nothing that looks whole.
fn install(npm: &Path, folder: &Path, home: &Path) -> Result<(), RequirementError> {
    let unfinished = folder.join(format!("unfinished.{}", std::process::id()));
    let command = format!("npm install {PACKAGE}");
    println!("$ {command}");
    let start = |source| RequirementError::Start { command: command.clone(), source };
    fs::create_dir_all(&unfinished).map_err(start)?;
    let mut install = Command::new(npm);
    install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    install.arg(&unfinished).arg(PACKAGE).stdin(Stdio::null());
    if !install.status().map_err(start)?.success() {
        return Err(RequirementError::Install { command });
    }
    fs::rename(&unfinished, home).map_err(start)
}
