//! The `cloakroom` program: arguments, signals and exit codes. What it does is in `cloakroom-gateway`.

mod api_key;
mod api_key_arguments;
mod arguments;
mod audit;
mod audit_arguments;
mod check;
mod configuration;
mod explain;
mod failure;
mod identity;
mod key;
mod password;
mod serve;
mod session;
mod snippet;
mod snippet_command;
mod table;
mod user;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cloakroom: {failure}");
            failure.exit_code()
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Serve(configuration) => runtime()?.block_on(serve::run(configuration.into_source().load()?)),
        Command::Check { configuration, output } => check::run(&configuration.into_source().load()?, output),
        Command::Explain { method, url, user, proven_ago, configuration, output } => {
            let settings = configuration.into_source().load()?;
            let age = Duration::from_secs(proven_ago * 60);
            runtime()?.block_on(explain::run(&settings, (&method, &url), user.as_deref(), age, output))
        }
        Command::User(command) => runtime()?.block_on(user::run(command)),
        Command::ApiKey(command) => runtime()?.block_on(api_key::run(command)),
        Command::Session(command) => runtime()?.block_on(session::run(command)),
        Command::Snippet(command) => snippet::run(command),
        Command::Key(command) => runtime()?.block_on(key::run(command)),
        Command::Audit(arguments) => runtime()?.block_on(audit::run(arguments)),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "cloakroom", &mut std::io::stdout());
            Ok(())
        }
    }
}

/// Threads that wait for the accounts, which one at a time can read or write.
const DATABASE_THREADS: usize = 4;

/// Two threads answer requests: what takes long, hashing and the database, has threads of its own.
fn runtime() -> Result<Runtime, Failure> {
    let hashing = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(hashing + DATABASE_THREADS)
        .enable_all()
        .build()
        .map_err(Failure::new)
}
