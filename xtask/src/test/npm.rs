//! Libraries of Node that tests talk to, as npm brings them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::requirement_error::RequirementError;
use super::wheels::target_folder;

/// Libraries that are installed together, and the environment variable that tells the tests where they are.
const LIBRARIES: [(&[&str], &str); 2] = [
    // The provider of sign-ins. Its next major release asks for a newer Node than Debian's, and posts nothing to this machine.
    (&["oidc-provider@8.8.1"], "CLOAKROOM_OIDC_PROVIDER"),
    // A framework whose sessions are audited.
    (&["express@5.3.0", "express-session@1.19.0"], "CLOAKROOM_EXPRESS"),
];

/// The folders that the libraries are in, as environment variables for the tests. Installs what is missing, which takes some
/// fifteen seconds.
pub(super) fn provide(npm: &Path) -> Result<Vec<(&'static str, PathBuf)>, RequirementError> {
    let folder = target_folder().join("npm");
    LIBRARIES
        .iter()
        .map(|(packages, variable)| {
            let home = folder.join(packages[0].replace('@', "-"));
            if !home.exists() {
                install(npm, packages, &folder, &home)?;
            }
            Ok((*variable, home))
        })
        .collect()
}

/// Under another name first: a run that is broken off leaves nothing that looks whole.
fn install(npm: &Path, packages: &[&str], folder: &Path, home: &Path) -> Result<(), RequirementError> {
    let unfinished = folder.join(format!("unfinished.{}", std::process::id()));
    let command = format!("npm install {}", packages.join(" "));
    println!("$ {command}");
    let start = |source| RequirementError::Start { command: command.clone(), source };
    fs::create_dir_all(&unfinished).map_err(start)?;
    let mut install = Command::new(npm);
    install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    install.arg(&unfinished).args(packages).stdin(Stdio::null());
    if !install.status().map_err(start)?.success() {
        return Err(RequirementError::Install { command });
    }
    fs::rename(&unfinished, home).map_err(start)
}
