//! The arguments of `cloakroom session list`.

use clap::Args;
use cloakroom_gateway::{SessionFilter, WrongFilter};

/// Which sessions are wanted.
#[derive(Debug, Args)]
pub(crate) struct SessionFilterArguments {
    /// Only what was begun at this address, or in this network, such as `192.0.2.0/24`.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Only what this application has taken over, at an origin of its own.
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Only what was signed in in this way, such as `password` or `federated`.
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// Only what was begun within this time, such as `2h`.
    #[arg(long, value_name = "TIME")]
    younger: Option<String>,
    /// Only what was begun longer ago than this, such as `7d`.
    #[arg(long, value_name = "TIME")]
    older: Option<String>,
    /// Only what was not used for this long, such as `1d`.
    #[arg(long, value_name = "TIME")]
    unseen: Option<String>,
}

impl SessionFilterArguments {
    /// The filter that they make, with the user.
    pub(crate) fn read(&self, user: Option<&str>) -> Result<SessionFilter, WrongFilter> {
        SessionFilter::parse(|field| match field {
            "user" => user,
            "address" => self.address.as_deref(),
            "app" => self.app.as_deref(),
            "method" => self.method.as_deref(),
            "younger" => self.younger.as_deref(),
            "older" => self.older.as_deref(),
            _ => self.unseen.as_deref(),
        })
    }
}
