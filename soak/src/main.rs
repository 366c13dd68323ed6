//! `cargo xtask soak`: storms on every store, for as long as it takes.

use std::process::ExitCode;

use clap::Parser;
use clap::ValueEnum as _;
use cloakroom_soak::{Kind, Scale, Summary};

/// Storms on every store while its servers die, stop and take over from each other.
#[derive(Debug, Parser)]
struct Arguments {
    /// One of them; all, one after the other, when none is named
    #[arg(long)]
    store: Option<Kind>,
    /// Decides what is asked and what happens; a run that begins with the seed of a round begins with that round
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many calls are answered at least, on each store
    #[arg(long, default_value_t = 100_000)]
    operations: usize,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() -> ExitCode {
    let Arguments { store, seed, operations } = Arguments::parse();
    let scale = Scale { seed, operations, clients: 8, calls: 600 };
    let mut summaries: Vec<Summary> = Vec::new();
    for kind in store.as_ref().map_or(Kind::value_variants(), std::slice::from_ref) {
        let summary = kind.soak(scale, |words| println!("{words}")).await;
        if let Some(trouble) = &summary.end {
            println!("{}: {trouble}", summary.store);
        }
        summaries.push(summary);
    }
    println!("\n{}", Summary::HEAD);
    for summary in &summaries {
        println!("{summary}");
    }
    let is_well = summaries.iter().all(|summary| summary.end.is_none());
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
