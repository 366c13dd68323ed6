//! Schemathesis, which tries the JSON API by its own document, as `PyPI` brings it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::requirement_error::RequirementError;
use super::wheels::target_folder;

/// What is installed, with what it needs: nothing of it is built here.
const PACKAGE: &str = "schemathesis==4.32.5";

/// The environment variable that tells the tests where it is.
const VARIABLE: &str = "CLOAKROOM_SCHEMATHESIS";

/// The folder that it is in, as an environment variable for the tests. Installs it if it is missing, which takes some twenty seconds.
pub(super) fn provide(pip: &Path) -> Result<(&'static str, PathBuf), RequirementError> {
    let folder = target_folder().join("python");
    let home = folder.join(PACKAGE.replace("==", "-"));
    if !home.exists() {
        install(pip, &folder, &home)?;
    }
    Ok((VARIABLE, home))
}

/// Under another name first: a run that is broken off leaves nothing that looks whole.
fn install(pip: &Path, folder: &Path, home: &Path) -> Result<(), RequirementError> {
    let unfinished = folder.join(format!("unfinished.{}", std::process::id()));
    let command = format!("pip install {PACKAGE}");
    println!("$ {command}");
    let start = |source| RequirementError::Start { command: command.clone(), source };
    fs::create_dir_all(folder).map_err(start)?;
    let mut install = Command::new(pip);
    install.args(["install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
    install.args(["--only-binary", ":all:", "--target"]).arg(&unfinished).arg(PACKAGE).stdin(Stdio::null());
    if !install.status().map_err(start)?.success() {
        return Err(RequirementError::Install { command });
    }
    fs::rename(&unfinished, home).map_err(start)
}
