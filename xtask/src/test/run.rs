//! The steps of a test run, and the surroundings that they get.

use std::process::Command;

use clap::Args;

use super::requirements;
use super::scratch::Scratch;
use crate::counts;
use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What needs nothing but Rust: no browser, no servers, no release build
    #[arg(long)]
    quick: bool,
    /// For the test programs, as after the `--` of `cargo test`: a part of a test's name, for example
    #[arg(last = true)]
    filter: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let programs = if options.quick { Vec::new() } else { requirements::provide()? };
    let scratch = Scratch::new()?;
    let surrounded = |arguments: &[&str]| {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root()).args(arguments);
        // All that a test writes goes where it is thrown away.
        cargo.env("TMPDIR", scratch.path()).envs(programs.iter().cloned());
        cargo
    };
    let test = |arguments: &[&str]| with_filter(surrounded(arguments), &options.filter);

    let mut steps = vec![
        Step::program("build", surrounded(&["test", "--workspace", "--no-run"])),
        Step::program("tests", test(&["test", "--workspace"])),
    ];
    if !options.quick {
        steps.extend([
            Step::program("release build", surrounded(&["build", "--release", "--package", "cloakroom-cli"])),
            Step::program(
                "browser",
                test(&["test", "--package", "cloakroom-cli", "--features", "browser", "--test", "browser"]),
            ),
            Step::program(
                "sql servers",
                test(&["test", "--package", "cloakroom-sql", "--features", "servers"]),
            ),
            Step::program(
                "memcached",
                test(&["test", "--package", "cloakroom-memcached", "--features", "servers"]),
            ),
            Step::program("redis", test(&["test", "--package", "cloakroom-redis", "--features", "servers"])),
            Step::program("counts", surrounded(&counts::ARGUMENTS)),
        ]);
    }
    steps::run(steps)
}

fn with_filter(mut cargo: Command, filter: &[String]) -> Command {
    if !filter.is_empty() {
        cargo.arg("--").args(filter);
    }
    cargo
}
