//! The arguments of `cloakroom api-key`.

use std::str::FromStr;
use std::time::Duration;

use clap::Subcommand;
use cloakroom_gateway::config::parse_span;

use crate::configuration::{Configuration, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeyCommand {
    /// Make a key, and print it this once.
    Create {
        /// What the key is for, such as the name of the service that gets it.
        #[arg(value_name = "NAME")]
        key_name: String,
        /// What the key may do: verify, sessions:read, sessions:end, users:read, users:write or events:read; may be said several times.
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        /// How long the key works, such as `90d` [default: until it is revoked].
        #[arg(long, value_name = "TIME")]
        expires: Option<Span>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// List keys, those that work no more too.
    List {
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Revoke a key for good. Running gateways refuse it within a second.
    Revoke {
        /// ID of the key.
        id: String,
        #[command(flatten)]
        configuration: Configuration,
    },
}

/// A span of time that is not empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let span = parse_span(text).filter(|span| !span.is_zero());
        span.map(Self).ok_or("a time is a whole number and s, m, h or d, as in 90d")
    }
}
