//! The programs that the tests need, and how they come to be here.
//!
//! A program that is missing is installed or is a failure; it never makes a test be skipped.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fmt};

use super::requirement_error::RequirementError;
use super::{npm, python, schemathesis, wheels};
use crate::process;

/// A program, who needs it, and where it comes from.
#[derive(Debug)]
pub(super) struct Requirement {
    /// Its names; the first that the search path has is taken. A path ends with a name, and each `*` in it stands for any
    /// version.
    programs: &'static [&'static str],
    why: &'static str,
    /// The Debian package that has it.
    package: &'static str,
    /// The environment variable that tells the tests where it is.
    variable: &'static str,
}

/// What the tests need beyond Rust. A new back end adds its server here.
const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        programs: &["chromium", "chromium-browser", "google-chrome"],
        why: "a browser plays the first visit from the set-up link to the sign-out, and tries attacks",
        package: "chromium",
        variable: "CLOAKROOM_CHROMIUM",
    },
    Requirement {
        programs: &["chromedriver"],
        why: "drives that browser",
        package: "chromium-driver",
        variable: "CLOAKROOM_CHROMEDRIVER",
    },
    Requirement {
        programs: &["firefox-esr", "firefox"],
        why: "the attacks are tried in another browser too",
        package: "firefox-esr",
        variable: "CLOAKROOM_FIREFOX",
    },
    Requirement {
        programs: &["certutil"],
        why: "tells both browsers whom to trust",
        package: "libnss3-tools",
        variable: "CLOAKROOM_CERTUTIL",
    },
    Requirement {
        programs: &["memcached"],
        why: "the Memcached store runs on servers of its own",
        package: "memcached",
        variable: "CLOAKROOM_MEMCACHED",
    },
    Requirement {
        programs: &["redis-server", "valkey-server"],
        why: "the Redis store runs on servers of its own, a cluster and Sentinel among them",
        package: "redis-server",
        variable: "CLOAKROOM_REDIS_SERVER",
    },
    Requirement {
        programs: &["sqlite3"],
        why: "reads the database as an administrator would",
        package: "sqlite3",
        variable: "CLOAKROOM_SQLITE3",
    },
    Requirement {
        programs: &["valgrind"],
        why: "counts the instructions that a request takes",
        package: "valgrind",
        variable: "CLOAKROOM_VALGRIND",
    },
    Requirement {
        programs: &["postgres", "/usr/lib/postgresql/*/bin/postgres"],
        why: "keeps sessions in the tests of its store",
        package: "postgresql",
        variable: "CLOAKROOM_POSTGRES",
    },
    Requirement {
        programs: &["mariadbd", "/usr/sbin/mariadbd"],
        why: "keeps sessions in the tests of its store",
        package: "mariadb-server",
        variable: "CLOAKROOM_MARIADBD",
    },
    Requirement {
        programs: &["nginx", "/usr/sbin/nginx"],
        why: "asks the gateway who may pass",
        package: "nginx",
        variable: "CLOAKROOM_NGINX",
    },
    Requirement {
        programs: &["haproxy", "/usr/sbin/haproxy"],
        why: "asks the gateway who may pass",
        package: "haproxy",
        variable: "CLOAKROOM_HAPROXY",
    },
    Requirement {
        programs: &["caddy"],
        why: "asks the gateway who may pass",
        package: "caddy",
        variable: "CLOAKROOM_CADDY",
    },
    Requirement {
        programs: &["pebble"],
        why: "vouches for the gateway's hosts by ACME",
        package: "pebble",
        variable: "CLOAKROOM_PEBBLE",
    },
    Requirement {
        programs: &["pebble-challtestsrv"],
        why: "tells it where those hosts are",
        package: "pebble",
        variable: "CLOAKROOM_PEBBLE_CHALLTESTSRV",
    },
    Requirement {
        programs: &["python3"],
        why: "runs an application that asks the gateway's JSON API, and frameworks whose sessions are audited",
        package: "python3",
        variable: "CLOAKROOM_PYTHON",
    },
    Requirement {
        programs: &["pip3", "pip"],
        why: "brings the proxies that Debian has not, or not new enough, those frameworks and Schemathesis",
        package: "python3-pip",
        variable: PIP,
    },
    Requirement {
        programs: &["node", "nodejs"],
        why: "runs the certified provider of sign-ins that the gateway is tried with, and a framework",
        package: "nodejs",
        variable: "CLOAKROOM_NODE",
    },
    Requirement {
        programs: &["php"],
        why: "runs an application that asks the gateway's JSON API, and sessions to audit",
        package: "php-cli",
        variable: "CLOAKROOM_PHP",
    },
    Requirement {
        programs: &["go"],
        why: "builds an application that asks the gateway's JSON API",
        package: "golang-go",
        variable: "CLOAKROOM_GO",
    },
    Requirement {
        programs: &["/usr/bin/puma", "puma"],
        why: "serves an application of Rack, whose sessions are audited",
        package: "puma",
        variable: "CLOAKROOM_PUMA",
    },
    Requirement {
        programs: &["/usr/bin/rackup", "rackup"],
        why: "comes with the sessions of that application",
        package: "ruby-rack",
        variable: "CLOAKROOM_RACKUP",
    },
    Requirement {
        programs: &["/usr/bin/rails", "rails"],
        why: "is a framework whose sessions are audited",
        package: "ruby-railties",
        variable: "CLOAKROOM_RAILS",
    },
    Requirement {
        programs: &["npm"],
        why: "brings that provider, a framework to audit, and what finds mistakes in pages",
        package: "npm",
        variable: NPM,
    },
];

/// What names the program that installs libraries of Node.
const NPM: &str = "CLOAKROOM_NPM";

/// What names the program that installs Python packages.
const PIP: &str = "CLOAKROOM_PIP";

/// Where each program is, as environment variables for the tests. Installs what is missing.
pub(super) fn provide() -> Result<Vec<(&'static str, PathBuf)>, RequirementError> {
    let missing = missing(process::find_program);
    if !missing.is_empty() {
        let installer = Installer::of_this_machine();
        let is_attended = io::stdin().is_terminal() && env::var_os("CI").is_none();
        if !installer.can_run || (is_attended && !agrees(&missing, &installer)?) {
            return Err(installer.missing(&missing));
        }
        installer.install(&missing)?;
    }
    let still_missing = self::missing(process::find_program);
    if !still_missing.is_empty() {
        return Err(Installer::of_this_machine().missing(&still_missing));
    }
    let found = |requirement: &Requirement| {
        Some((requirement.variable, requirement.found_by(process::find_program)?))
    };
    let mut programs: Vec<(&'static str, PathBuf)> = REQUIREMENTS.iter().filter_map(found).collect();
    if let Some((_, pip)) = programs.iter().find(|(variable, _)| *variable == PIP).cloned() {
        programs.extend(wheels::provide(&pip)?);
        programs.push(schemathesis::provide(&pip)?);
        programs.push(python::provide(&pip)?);
    }
    if let Some((_, npm)) = programs.iter().find(|(variable, _)| *variable == NPM).cloned() {
        programs.extend(npm::provide(&npm)?);
    }
    Ok(programs)
}

impl Requirement {
    fn found_by(&self, find: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
        self.programs.iter().find_map(|program| find(program))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.programs[0], self.why)
    }
}

fn missing(find: impl Fn(&str) -> Option<PathBuf>) -> Vec<&'static Requirement> {
    REQUIREMENTS.iter().filter(|requirement| requirement.found_by(&find).is_none()).collect()
}

fn agrees(missing: &[&Requirement], installer: &Installer) -> Result<bool, RequirementError> {
    println!("The tests need {}.", list(missing));
    print!("Install with `{}`? [y/N] ", installer.command_for(missing));
    io::stdout().flush().map_err(RequirementError::Ask)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(RequirementError::Ask)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

fn list(requirements: &[&Requirement]) -> String {
    requirements.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Runs a command under a policy that starts no service: a package of a server starts it when it is installed, and the tests
/// have servers of their own. A machine with a policy keeps it.
///
/// Source: Debian's `invoke-rc.d(8)`.
const QUIETLY: &str = r#"policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
fi
"$@""#;

/// Debian's package manager, as this user may run it.
struct Installer {
    /// `sudo -n` for one who may, nothing for root.
    prefix: &'static [&'static str],
    can_run: bool,
}

impl Installer {
    fn of_this_machine() -> Self {
        let has_apt = process::find_program("apt-get").is_some();
        if prints("id", &["-u"], "0") {
            return Self { prefix: &[], can_run: has_apt };
        }
        Self { prefix: &["sudo", "-n"], can_run: has_apt && succeeds("sudo", &["-n", "true"]) }
    }

    /// The index first: a fresh machine has none, and an old one names packages that are gone.
    fn commands(&self, missing: &[&Requirement]) -> [Vec<&'static str>; 2] {
        let packages = missing.iter().map(|requirement| requirement.package);
        let words = |arguments: &[&'static str]| [self.prefix, &["apt-get"], arguments].concat();
        let mut install = words(&["install", "--yes", "--no-install-recommends"]);
        install.extend(packages);
        [words(&["update"]), install]
    }

    fn command_for(&self, missing: &[&Requirement]) -> String {
        self.commands(missing).map(|words| words.join(" ")).join(" && ")
    }

    fn install(&self, missing: &[&Requirement]) -> Result<(), RequirementError> {
        println!("The tests need {}.", list(missing));
        for words in self.commands(missing) {
            let command = words.join(" ");
            println!("$ {command}");
            let (prefix, apt) = words.split_at(self.prefix.len());
            let quietly = [prefix, &["sh", "-c", QUIETLY, "quietly"], apt].concat();
            let mut child = Command::new(quietly[0]);
            child.args(&quietly[1..]).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
            match child.status() {
                Ok(status) if status.success() => {}
                Ok(_) => return Err(RequirementError::Install { command }),
                Err(source) => return Err(RequirementError::Start { command, source }),
            }
        }
        Ok(())
    }

    fn missing(&self, missing: &[&Requirement]) -> RequirementError {
        RequirementError::Missing { missing: list(missing), command: self.command_for(missing) }
    }
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn prints(program: &str, arguments: &[&str], expected: &str) -> bool {
    let output = Command::new(OsString::from(program)).args(arguments).stdin(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_machine_misses_everything_and_one_that_has_all_misses_nothing() {
        assert_eq!(missing(|_| None).len(), REQUIREMENTS.len());
        assert!(missing(|program| Some(PathBuf::from(program))).is_empty());
    }

    #[test]
    fn any_of_a_programs_names_will_do() {
        let other_name = |program: &str| (program == "google-chrome").then(|| PathBuf::from("chrome"));
        let missing = missing(other_name);
        assert!(missing.iter().all(|requirement| requirement.package != "chromium"));
    }

    #[test]
    fn what_is_missing_is_told_with_its_reason_and_its_command() {
        let installer = Installer { prefix: &["sudo", "-n"], can_run: false };
        let missing: Vec<&Requirement> = REQUIREMENTS.iter().filter(|one| one.package == "sqlite3").collect();
        assert_eq!(
            installer.missing(&missing).to_string(),
            "the tests need sqlite3 (reads the database as an administrator would)\n  \
             install: sudo -n apt-get update && sudo -n apt-get install --yes --no-install-recommends sqlite3"
        );
    }

    #[test]
    fn no_two_requirements_share_a_variable() {
        let mut variables: Vec<&str> = REQUIREMENTS.iter().map(|requirement| requirement.variable).collect();
        variables.sort_unstable();
        variables.dedup();
        assert_eq!(variables.len(), REQUIREMENTS.len());
    }
}
