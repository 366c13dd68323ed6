//! The log of a running gateway, on standard error.

use cloakroom_gateway::config::LogFormat;
use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt, reload};

/// Changes how much is logged from now on.
pub(crate) struct LogLevel(reload::Handle<LevelFilter, Registry>);

/// Begins to log.
pub(crate) fn begin(level: Level, format: LogFormat) -> LogLevel {
    let (filter, handle) = reload::Layer::new(LevelFilter::from_level(level));
    let filtered = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => filtered.with(lines).init(),
        LogFormat::Json => filtered.with(lines.json().flatten_event(true)).init(),
    }
    LogLevel(handle)
}

impl LogLevel {
    pub(crate) fn set(&self, level: Level) {
        // It fails only when nothing logs any more.
        let _gone = self.0.reload(LevelFilter::from_level(level));
    }
}
