//! `cargo xtask bench`: the measurements, built as a release is.

use std::process::Command;

use clap::{Args, ValueEnum};

use crate::process::{self, Outcome};
use crate::steps::{self, Step};

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One of them; all, one after the other, when none is named
    name: Option<Bench>,
    /// For the measuring program, as after the `--` of `cargo bench`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// A program that measures.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Bench {
    /// What a request costs, beside bare axum and other session layers
    Requests,
    /// The memory store at a million sessions
    Memory,
    /// The store in a file, beside the plain way of doing the same
    Sqlite,
    /// A JWT minted and verified, beside the bare signature
    Tokens,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let benches = options.name.as_ref().map_or(Bench::value_variants(), std::slice::from_ref);
    steps::run(
        benches.iter().map(|bench| Step::program(bench.name(), bench.command(&options.arguments))).collect(),
    )
}

impl Bench {
    /// The name of the bench target.
    const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Tokens => "tokens",
        }
    }

    const fn package(self) -> &'static str {
        match self {
            Self::Requests => "cloakroom-benches",
            Self::Memory => "cloakroom",
            Self::Sqlite => "cloakroom-sql",
            Self::Tokens => "cloakroom-jwt",
        }
    }

    fn command(self, arguments: &[String]) -> Command {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root());
        cargo.args(["bench", "--package", self.package(), "--bench", self.name(), "--"]).args(arguments);
        cargo
    }
}
