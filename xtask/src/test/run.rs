//! The steps of a test run, and the surroundings that they get.

use std::process::Command;

use clap::Args;

use super::surroundings::Surroundings;
use crate::counts;
use crate::process::Outcome;
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

/// The tests that need servers and browsers, and those of what measures on servers.
const SERVED: &str = "cloakroom-audit/servers,cloakroom-bench/servers,cloakroom-benches/nodes,cloakroom-browsers/browser,cloakroom-cli/browser,\
                      cloakroom-cli/servers,cloakroom-gateway/servers,cloakroom-memcached/servers,\
                      cloakroom-redis/servers,cloakroom-soak/servers,cloakroom-sql/servers";

pub(crate) fn run(options: &Options) -> Outcome {
    let surroundings =
        if options.quick { Surroundings::without_programs()? } else { Surroundings::with_programs()? };
    let surrounded = |arguments: &[&str]| surroundings.cargo(arguments);
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
