//! What is kept and shown of what happens: events, metrics and the log.

use std::net::SocketAddr;
use std::time::Duration;

use cloakroom::client::Network;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object on each line.
    Json,
}

impl LogFormat {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Where metrics are to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsListener {
    /// The address, which is never that of the gateway.
    pub listen: SocketAddr,
    /// Who else than this machine gets an answer.
    pub from: Vec<Network>,
}

/// What is kept and shown of what happens.
#[derive(Clone, Debug)]
pub struct Watch {
    /// How long events are kept.
    pub events_kept: Duration,
    /// Where metrics are to be had; `None` for nowhere.
    pub metrics: Option<MetricsListener>,
    /// How the log is written.
    pub log_format: LogFormat,
}
