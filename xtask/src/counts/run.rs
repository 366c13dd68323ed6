//! The steps of the task.

use super::gateway;
use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// What cargo is asked for. Instructions of an unoptimised build say nothing.
pub(crate) const ARGUMENTS: [&str; 6] =
    ["run", "--release", "--package", "cloakroom-benches", "--bin", "counts"];

pub(crate) fn run() -> Outcome {
    let cargo = |arguments: &[&str]| {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root()).args(arguments);
        cargo
    };
    steps::run(vec![
        Step::program("counts", cargo(&ARGUMENTS)),
        Step::program("release build", cargo(&["build", "--release", "--package", "cloakroom-cli"])),
        Step::task("counts of the gateway", || gateway::check(None)),
    ])
}
