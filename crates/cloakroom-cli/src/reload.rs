//! Taking up a configuration again: in the process that serves, and the command that asks it to.

use std::error::Error;
use std::fmt;

use cloakroom_gateway::config::{ConfigError, SettingsSource};
use cloakroom_gateway::{ReloadError, Reloader};
use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::Signal as Hangups;

use crate::failure::Failure;
use crate::log::LogLevel;
use crate::manager;

/// `cloakroom reload`: looks at the file first, so that whoever asks learns at once what is wrong with it.
pub(crate) fn run(source: &SettingsSource, process: u32) -> Result<(), Failure> {
    source.load()?;
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| Failure::new(format!("{process} is no process")))?;
    kill_process(pid, Signal::HUP)
        .map_err(|error| Failure::new(format!("the process {process} cannot be asked: {error}")))?;
    println!("Asked the process {process}; its log says what has changed, or why nothing has.");
    Ok(())
}

/// Takes the configuration up at every hangup, for as long as the process runs.
pub(crate) async fn at_hangups(
    mut hangups: Hangups,
    source: SettingsSource,
    reloader: Reloader,
    level: LogLevel,
    status: String,
) {
    while hangups.recv().await.is_some() {
        manager::reloading();
        match once(&source, &reloader, &level).await {
            Ok(changes) if changes.is_empty() => {
                tracing::info!("the configuration was read again; nothing in it has changed");
                manager::ready(&status);
            }
            Ok(changes) => {
                tracing::info!(changes = changes.join("; "), "the configuration was reloaded");
                manager::ready(&status);
            }
            Err(refused) => {
                tracing::error!(
                    error = &refused as &dyn Error,
                    "the new configuration is refused, and the old one stays"
                );
                manager::ready(&format!("the new configuration is refused: {}", Failure::new(refused)));
            }
        }
    }
}

async fn once(
    source: &SettingsSource,
    reloader: &Reloader,
    level: &LogLevel,
) -> Result<Vec<String>, Refused> {
    let settings = source.load().map_err(Refused::Configuration)?;
    let outcome = reloader.reload(&settings).await.map_err(Refused::Reload)?;
    level.set(settings.log);
    Ok(outcome.changes().to_vec())
}

/// Why the old configuration stays.
#[derive(Debug)]
enum Refused {
    Configuration(ConfigError),
    Reload(ReloadError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::Reload(error) => error.fmt(f),
        }
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Configuration(error) => error.source(),
            Self::Reload(error) => error.source(),
        }
    }
}
