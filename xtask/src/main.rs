//! Development tasks: `cargo xtask check` and `cargo xtask test` are all that CI runs.
//!
//! One file or folder per subcommand; `Task` is the list of them.

mod bench;
mod check;
mod counts;
mod deps;
mod docs;
mod metadata;
mod process;
mod soak;
mod source;
mod steps;
mod stopwatch;
mod suffixes;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that can be said without running the code: format, lints, tidy, docs, dependencies
    Check,
    /// The rules of this repository that no other tool knows: walls, circles, file shape, words, standards
    Tidy,
    /// Licences, bans, duplicates and sources of the dependencies, as deny.toml says
    Deps,
    /// Writes the reference of the manual from the code, or its pictures from what the tests have photographed
    Docs(docs::Options),
    /// The manual as a site, by mdBook, which has to be there
    Book,
    /// All tests; finds or installs the programs that they need
    Test(test::Options),
    /// Storms on every store while its servers die, stop and take over from each other; takes minutes
    Soak(soak::Options),
    /// What a request costs in allocations, store calls and instructions, within its limits
    Counts(counts::Options),
    /// The public suffix list as our crate has it, from one that was downloaded
    Suffixes(suffixes::Options),
    /// The measurements; takes minutes, and wants a machine that does nothing else
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Check => check::run(),
        Task::Tidy => tidy::run(),
        Task::Deps => deps::run(),
        Task::Docs(options) => docs::write(&options),
        Task::Book => docs::build(),
        Task::Test(options) => test::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Counts(options) => counts::run(&options),
        Task::Suffixes(options) => suffixes::run(&options),
        Task::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            let mut cause = trouble.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}
