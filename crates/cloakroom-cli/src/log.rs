//! The log of a running gateway, on standard error.

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt, reload};

/// Changes how much is logged from now on.
pub(crate) struct LogLevel(reload::Handle<LevelFilter, Registry>);

/// Begins to log.
pub(crate) fn begin(level: Level) -> LogLevel {
    let (filter, handle) = reload::Layer::new(LevelFilter::from_level(level));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(lines).init();
    LogLevel(handle)
}

impl LogLevel {
    pub(crate) fn set(&self, level: Level) {
        // It fails only when nothing logs any more.
        let _gone = self.0.reload(LevelFilter::from_level(level));
    }
}
