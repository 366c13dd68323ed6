//! The arguments of `cloakroom event`.

use clap::Subcommand;

use crate::api_key_arguments::Span;
use crate::configuration::{Configuration, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// List events of the audit trail, the newest last.
    List {
        /// Only what is about this user.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// Only what is of this kind, such as `sign_in_failed`.
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// Only what is not older than this, such as `2h`.
        #[arg(long, value_name = "TIME")]
        since: Option<Span>,
        /// How many at most: the newest of them.
        #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
        limit: usize,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Print events as they come, from all instances, until it is interrupted.
    Tail {
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
}
