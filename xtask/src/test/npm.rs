//! Libraries of Node that tests talk to, as npm brings them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::requirement_error::RequirementError;
use super::wheels::target_folder;

/// Packages that are installed together, in a folder of their own.
#[derive(Debug)]
struct Libraries {
    /// What the folder is called; another version is another folder.
    folder: &'static str,
    packages: &'static [&'static str],
    /// The environment variable that tells the tests where it is.
    variable: &'static str,
}

const LIBRARIES: [Libraries; 3] = [
    // The provider of sign-ins. Its next major release asks for a newer Node than Debian's, and posts nothing to this machine.
    Libraries {
        folder: "oidc-provider-8.8.1",
        packages: &["oidc-provider@8.8.1"],
        variable: "CLOAKROOM_OIDC_PROVIDER",
    },
    // A framework whose sessions are audited.
    Libraries {
        folder: "express-5.3.0",
        packages: &["express@5.3.0", "express-session@1.19.0"],
        variable: "CLOAKROOM_EXPRESS",
    },
    // What finds mistakes in pages; later releases of html-validate ask for a newer Node.
    Libraries {
        folder: "page-checks-1",
        packages: &[
            "axe-core@4.14.1",
            "html-validate@9.0.0",
            "csp_evaluator@1.1.8",
            "@mdn/mdn-http-observatory@1.4.8",
        ],
        variable: "CLOAKROOM_PAGE_CHECKS",
    },
];

/// The folders that the libraries are in, as environment variables for the tests. Installs what is missing, which takes some
/// twenty seconds each.
pub(super) fn provide(npm: &Path) -> Result<Vec<(&'static str, PathBuf)>, RequirementError> {
    let folder = target_folder().join("npm");
    LIBRARIES.iter().map(|libraries| Ok((libraries.variable, libraries.provide(npm, &folder)?))).collect()
}

impl Libraries {
    fn provide(&self, npm: &Path, folder: &Path) -> Result<PathBuf, RequirementError> {
        let home = folder.join(self.folder);
        if !home.exists() {
            self.install(npm, folder, &home)?;
        }
        Ok(home)
    }

    /// Under another name first: a run that is broken off leaves nothing that looks whole.
    fn install(&self, npm: &Path, folder: &Path, home: &Path) -> Result<(), RequirementError> {
        let unfinished = folder.join(format!("unfinished.{}", std::process::id()));
        let command = format!("npm install {}", self.packages.join(" "));
        println!("$ {command}");
        let start = |source| RequirementError::Start { command: command.clone(), source };
        fs::create_dir_all(&unfinished).map_err(start)?;
        let mut install = Command::new(npm);
        install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        install.arg(&unfinished).args(self.packages).stdin(Stdio::null());
        if !install.status().map_err(start)?.success() {
            return Err(RequirementError::Install { command });
        }
        fs::rename(&unfinished, home).map_err(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_pinned() {
        for package in LIBRARIES.iter().flat_map(|libraries| libraries.packages) {
            let (_, version) = package.rsplit_once('@').unwrap();
            let numbers: Vec<&str> = version.split('.').collect();
            let is_exact = numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok());
            assert!(is_exact, "{package}");
        }
    }
}
