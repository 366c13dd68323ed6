//! `cargo xtask soak`: storms on every store while its servers die, stop and take over from each other.

use clap::Args;

use crate::process::Outcome;
use crate::steps::{self, Step};
use crate::test::Surroundings;

/// On what, how long, and from what seed.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One of memory, sqlite, postgres, mariadb, redis, sentinel, cluster, memcached and near; all, one after the other, when
    /// none is named
    #[arg(long)]
    store: Option<String>,
    /// Decides what is asked and what happens; every round tells its own, with which it can be had again
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many calls are answered at least, on each store
    #[arg(long, default_value_t = 100_000)]
    operations: usize,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let surroundings = Surroundings::with_programs()?;
    let (seed, operations) = (options.seed.to_string(), options.operations.to_string());
    let mut arguments = vec!["run", "--package", "cloakroom-soak", "--"];
    arguments.extend(["--seed", &seed, "--operations", &operations]);
    if let Some(store) = &options.store {
        arguments.extend(["--store", store]);
    }
    steps::run(vec![Step::program("soak", surroundings.cargo(&arguments))])
}
