//! The program through which the cloakroom library is checked from outside.
//!
//! It puts the library's public API behind HTTP, as plainly as can be: `--listen` has the routes of an application, and
//! `--control` those by which a test holds requests at gates, moves the clock, breaks the store and looks into it.

mod app;
mod control;
mod faces;
mod flags;
mod gates;
mod log;
mod routes;
mod store;
mod users;
mod watched;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use tokio::net::TcpListener;

use crate::app::{App, StartError};
use crate::flags::Flags;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cloakroom-bench: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(flags: Flags) -> Result<(), StartError> {
    let (listen, control) = (flags.listen, flags.control);
    let app = Arc::new(App::start(flags).await?);
    let public = TcpListener::bind(listen).await?;
    let private = TcpListener::bind(control).await?;
    println!("ready");
    std::io::stdout().flush()?;
    let public = axum::serve(public, routes::router(&app));
    let private = axum::serve(private, control::router(app));
    tokio::try_join!(public.into_future(), private.into_future())?;
    Ok(())
}
