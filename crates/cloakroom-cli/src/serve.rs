//! `cloakroom serve`: start, say where, and end on a signal.

use cloakroom_gateway::Running;
use cloakroom_gateway::config::{Settings, SettingsSource};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;
use crate::{log, manager, reload};

pub(crate) async fn run(source: SettingsSource) -> Result<(), Failure> {
    let settings = source.load()?;
    let level = log::begin(settings.log);
    // Before anything is opened: a signal that comes meanwhile is not lost.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::new)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let hangups = signal(SignalKind::hangup()).map_err(Failure::new)?;
    let gateway = Running::start(&settings).await.map_err(Failure::new)?;
    announce(&settings, &gateway);
    let status = format!("listening on {}; browsers reach it as {}", gateway.address(), gateway.public_url());
    manager::ready(&status);
    let reloads = tokio::spawn(reload::at_hangups(hangups, source, gateway.reloader(), level, status));
    gateway
        .run(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            manager::stopping();
            tracing::info!("ending; requests under way may finish");
        })
        .await;
    reloads.abort();
    Ok(())
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
