//! `cargo xtask bench`: the measurements, built as a release is.

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
    /// What a request costs a whole server, beside other session systems on the same store's server
    Nodes,
    /// The memory store at a million sessions
    Memory,
    /// The store in a file, beside the plain way of doing the same
    Sqlite,
    /// The gateway: an answer to a proxy, its proxy mode, and both beside nginx and another forward-auth server
    Gateway,
    /// A JWT minted and verified, beside the bare signature
    Tokens,
    /// The gateway with ten thousand open sockets
    Sockets,
    /// The pages of the administration with a million sessions of 100,000 users, in SQL databases
    Console,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let benches = options.name.as_ref().map_or(Bench::value_variants(), std::slice::from_ref);
    steps::run(benches.iter().flat_map(|bench| bench.steps(&options.arguments)).collect())
}

/// Other session systems as servers, in a workspace of their own.
pub(crate) const RIVALS: &str = "benches/rivals/Cargo.toml";

/// Tells the measuring program where they are.
const RIVALS_VARIABLE: &str = "CLOAKROOM_RIVALS";

/// Tells the measuring program where `cloakroom` is, as it is released.
const PROGRAM_VARIABLE: &str = "CLOAKROOM_PROGRAM";

impl Bench {
    /// The name of the bench target.
    const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Nodes => "nodes",
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Gateway => "gateway",
            Self::Tokens => "tokens",
            Self::Sockets => "sockets",
            Self::Console => "console",
        }
    }

    const fn package(self) -> &'static str {
        match self {
            Self::Requests | Self::Nodes | Self::Gateway => "cloakroom-benches",
            Self::Memory => "cloakroom",
            Self::Sqlite => "cloakroom-sql",
            Self::Tokens => "cloakroom-jwt",
            Self::Sockets | Self::Console => "cloakroom-cli",
        }
    }

    fn steps(self, arguments: &[String]) -> Vec<Step<'static>> {
        let mut measuring = process::cargo();
        measuring.current_dir(process::workspace_root());
        measuring.args(["bench", "--package", self.package(), "--bench", self.name()]);
        let mut steps = Vec::new();
        if matches!(self, Self::Nodes) {
            // The rivals too: most of what they are built from is what ours are.
            let target = process::target();
            let mut building = process::cargo();
            building.current_dir(process::workspace_root());
            building.args(["build", "--release", "--locked", "--manifest-path", RIVALS]);
            building.arg("--target-dir").arg(&target);
            steps.push(Step::program("rivals", building));
            measuring.args(["--features", "nodes"]);
            measuring.env(RIVALS_VARIABLE, target.join("release/cloakroom-rivals"));
        }
        if matches!(self, Self::Gateway) {
            let mut building = process::cargo();
            building.current_dir(process::workspace_root());
            building.args(["build", "--release", "--package", "cloakroom-cli"]);
            steps.push(Step::program("release build", building));
            measuring.args(["--features", "nodes"]);
            measuring.env(PROGRAM_VARIABLE, process::as_released("cloakroom"));
        }
        measuring.arg("--").args(arguments);
        steps.push(Step::program(self.name(), measuring));
        steps
    }
}
