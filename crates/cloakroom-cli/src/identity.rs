//! Who somebody is at a provider, as arguments.

use clap::Args;
use cloakroom_gateway::accounts::{Identity, InvalidIdentity};

/// Somebody at a provider that vouches for users.
#[derive(Debug, Args)]
pub(crate) struct IdentityArguments {
    /// The provider, as `issuer` in the configuration.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Who the user is there: what a refused sign-in writes into the log, not the name or the address.
    #[arg(long, value_name = "TEXT")]
    subject: String,
}

impl IdentityArguments {
    /// Whom they name.
    pub(crate) fn read(&self) -> Result<Identity, InvalidIdentity> {
        Identity::new(&self.issuer, &self.subject)
    }
}
