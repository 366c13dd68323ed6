//! `cargo xtask counts`: what a request costs in allocations, store calls and instructions, within its limits.

use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// What cargo is asked for. Instructions of an unoptimised build say nothing.
pub(crate) const ARGUMENTS: [&str; 6] =
    ["run", "--release", "--package", "cloakroom-benches", "--bin", "counts"];

pub(crate) fn run() -> Outcome {
    let mut cargo = process::cargo();
    cargo.current_dir(process::workspace_root()).args(ARGUMENTS);
    steps::run(vec![Step::program("counts", cargo)])
}
