//! `cargo xtask check`: everything that can be said without running the code.

use std::process::Command;

use crate::bench::RIVALS;
use crate::process::{self, Outcome};
use crate::steps::{self, Step};
use crate::{deps, docs, tidy};

pub(crate) fn run() -> Outcome {
    let lints = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    // With the examples, of which there are none: what the tests need counts as well then, so that all is checked as for the lints
    // and nothing is checked twice.
    let documented = ["doc", "--workspace", "--no-deps", "--all-features", "--lib", "--bins", "--examples"];
    let mut documentation = cargo(&documented);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    steps::run(vec![
        Step::program("format", cargo(&["fmt", "--all", "--check"])),
        // Which are not linted: that would build two more web frameworks for a program that only a measurement starts.
        Step::program("format of the rivals", cargo(&["fmt", "--manifest-path", RIVALS, "--check"])),
        Step::task("tidy", tidy::run),
        Step::task("manual", docs::check),
        Step::task("dependencies", deps::run),
        Step::program("lints", cargo(&lints)),
        Step::program("documentation", documentation),
    ])
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = process::cargo();
    cargo.current_dir(process::workspace_root()).args(arguments);
    cargo
}
