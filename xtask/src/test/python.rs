//! Frameworks of Python whose sessions are audited, as pip brings them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::requirement_error::RequirementError;
use super::wheels::target_folder;

/// The frameworks. What they need comes along.
const PACKAGES: [&str; 2] = ["Flask==3.1.3", "Django==5.2.19"];

/// The environment variable that tells the tests where they are.
const VARIABLE: &str = "CLOAKROOM_PYTHON_WEB";

/// The folder that they are in, as an environment variable for the tests. Installs them if they are missing, which takes seconds.
pub(super) fn provide(pip: &Path) -> Result<(&'static str, PathBuf), RequirementError> {
    let folder = target_folder().join("python");
    let home = folder.join(PACKAGES.join("-").replace("==", "-"));
    if !home.exists() {
        install(pip, &folder, &home)?;
    }
    Ok((VARIABLE, home))
}

/// Under another name first: a run that is broken off leaves nothing that looks whole.
fn install(pip: &Path, folder: &Path, home: &Path) -> Result<(), RequirementError> {
    let unfinished = folder.join(format!("unfinished.{}", std::process::id()));
    let command = format!("pip install {}", PACKAGES.join(" "));
    println!("$ {command}");
    let start = |source| RequirementError::Start { command: command.clone(), source };
    let mut install = Command::new(pip);
    install.args(["install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
    install.arg("--only-binary=:all:").arg("--target").arg(&unfinished).args(PACKAGES).stdin(Stdio::null());
    if !install.status().map_err(start)?.success() {
        return Err(RequirementError::Install { command });
    }
    fs::rename(&unfinished, home).map_err(start)
}
