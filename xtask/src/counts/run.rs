//! The steps of the task.

use clap::{Args, ValueEnum};

use super::gateway;
use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// Of what.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One of them; both when none is named
    of: Option<Counted>,
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Counted {
    /// Those of an application with the library, over bare axum
    Library,
    /// Those of the program as it is released
    Gateway,
}

/// The program that counts what the library does.
pub(crate) const PROGRAM: &str = "counts";

/// What cargo is asked for to build it. Instructions of an unoptimised build say nothing.
pub(crate) const BUILD: [&str; 6] =
    ["build", "--release", "--package", "cloakroom-benches", "--bin", PROGRAM];

pub(crate) fn run(options: &Options) -> Outcome {
    let cargo = |arguments: &[&str]| {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root()).args(arguments);
        cargo
    };
    let is_asked_for = |counted| options.of.is_none_or(|of| of == counted);
    let mut steps = Vec::new();
    if is_asked_for(Counted::Library) {
        steps.push(Step::program("build of the counts", cargo(&BUILD)));
        steps.push(Step::program("counts", process::program_of_ours(process::as_released(PROGRAM))));
    }
    if is_asked_for(Counted::Gateway) {
        let building = cargo(&["build", "--release", "--package", "cloakroom-cli"]);
        steps.push(Step::program("release build", building));
        steps.push(Step::task("counts of the gateway", || gateway::check(None)));
    }
    steps::run(steps)
}
