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

/// The tests that need servers and browsers.
const SERVED: &str = "cloakroom-bench/servers,cloakroom-browsers/browser,cloakroom-cli/browser,\
                      cloakroom-memcached/servers,cloakroom-redis/servers,cloakroom-sql/servers";

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

    let mut workspace = vec!["test", "--workspace"];
    if !options.quick {
        // All at once: a package tested alone would build what it needs with other features, and so once more.
        workspace.extend(["--features", SERVED]);
    }
    let built: Vec<&str> = workspace.iter().copied().chain(["--no-run"]).collect();
    let mut steps = vec![Step::program("build", surrounded(&built))];
    if !options.quick {
        let release = ["build", "--release", "--package", "cloakroom-cli"];
        steps.push(Step::program("release build", surrounded(&release)));
    }
    steps.push(Step::program("tests", test(&workspace)));
    if !options.quick {
        steps.push(Step::program("counts", surrounded(&counts::ARGUMENTS)));
    }
    steps::run(steps)
}

fn with_filter(mut cargo: Command, filter: &[String]) -> Command {
    if !filter.is_empty() {
        cargo.arg("--").args(filter);
    }
    cargo
}
