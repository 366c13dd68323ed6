//! `cloakroom serve`: start, say where, and end on a signal.

use cloakroom_gateway::Running;
use cloakroom_gateway::config::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tracing_subscriber::filter::LevelFilter;

use crate::failure::Failure;

pub(crate) async fn run(settings: Settings) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(LevelFilter::from_level(settings.log))
        .init();
    take_all_files();
    // Before anything is opened: a signal that comes meanwhile is not lost.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::new)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let gateway = Running::start(&settings).await.map_err(Failure::new)?;
    announce(&settings, &gateway);
    let (ends, ending) = oneshot::channel();
    let running = gateway.run(async {
        let _ends = ending.await;
    });
    let asked = async {
        signalled(&mut terminate, &mut interrupt).await;
        tracing::info!("ending; requests under way may finish, and another signal ends at once");
        // Whoever runs no more has ended already.
        let _ends = ends.send(());
        signalled(&mut terminate, &mut interrupt).await;
        tracing::warn!("ended at once; requests under way were cut off");
    };
    tokio::select! {
        () = running => {}
        () = asked => {}
    }
    Ok(())
}

async fn signalled(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// As many sockets as the system allows: each that is open beyond its request takes two, and systems begin with a thousand.
fn take_all_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

fn announce(settings: &Settings, gateway: &Running) {
    if let Some(link) = gateway.setup_link() {
        println!("Nobody has an account yet. Set up the first one within 15 minutes, in a browser:");
        println!("  {link}");
    }
    if let Some(application) = &settings.proxy {
        println!("Requests of signed-in users go to {application}");
    }
    println!("Listening on {}; browsers reach it as {}", gateway.address(), gateway.public_url());
}
