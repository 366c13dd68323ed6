//! The `cloakroom` program: arguments, signals and exit codes. What it does is in `cloakroom-gateway`.

mod api_key;
mod api_key_arguments;
mod arguments;
mod audit;
mod audit_arguments;
mod backup;
mod check;
mod configuration;
mod demo;
mod doctor;
mod event;
mod event_arguments;
mod explain;
mod failure;
mod identity;
mod import;
mod key;
mod log;
mod manager;
mod password;
#[cfg(test)]
mod reference;
mod reload;
mod serve;
mod session;
mod session_arguments;
mod snippet;
mod snippet_command;
mod table;
mod user;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use cloakroom_gateway::backup::CopiedSessions;
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Arguments, Command};
use crate::doctor::Examination;
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
        Command::Serve(configuration) => runtime()?.block_on(serve::run(configuration.into_source())),
        Command::Demo(arguments) => runtime()?.block_on(demo::run(arguments)),
        Command::Reload { process, configuration } => reload::run(&configuration.into_source(), process),
        Command::Check { offline, configuration, output } => {
            let reach = if offline { check::Reach::Files } else { check::Reach::Network };
            runtime()?.block_on(check::run(&configuration.into_source().load()?, reach, output))
        }
        Command::Backup { file, with_sessions, configuration } => {
            let sessions = if with_sessions { CopiedSessions::All } else { CopiedSessions::None };
            backup::run(&configuration.into_source().load()?, &file, sessions)
        }
        Command::Doctor { url, user, as_application, connect_to, ca_file, behind, configuration, output } => {
            let examination = Examination { url, user, as_application, connect_to, ca_file, behind };
            doctor::run(examination, &configuration.into_source().load()?, output)
        }
        Command::Explain { method, url, user, proven_ago, configuration, output } => {
            let settings = configuration.into_source().load()?;
            let age = Duration::from_secs(proven_ago * 60);
            runtime()?.block_on(explain::run(&settings, (&method, &url), user.as_deref(), age, output))
        }
        Command::Import { from, file, dry_run, configuration } => {
            runtime()?.block_on(import::run(from, &file, dry_run, configuration))
        }
        Command::User(command) => runtime()?.block_on(user::run(command)),
        Command::ApiKey(command) => runtime()?.block_on(api_key::run(command)),
        Command::Session(command) => runtime()?.block_on(session::run(command)),
        Command::Event(command) => runtime()?.block_on(event::run(command)),
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

/// A thread for each processor answers requests; what takes long, hashing and the database, has threads of its own. More threads than
/// processors would wake each other for nothing.
fn runtime() -> Result<Runtime, Failure> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Builder::new_multi_thread()
        .worker_threads(processors)
        .max_blocking_threads(processors + DATABASE_THREADS)
        .enable_all()
        .build()
        .map_err(Failure::new)
}
