//! Why a configuration makes no gateway, be it the first or another.

use cloakroom::EntropyError;
use thiserror::Error;

use crate::installation::InstallationError;
use crate::places::PlacesError;
use crate::tls::TlsError;
use crate::tokens::TokensError;

/// A part of the gateway cannot be used as the configuration has it.
#[derive(Debug, Error)]
pub enum PartError {
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The table of certificates by ACME.
    #[error("the table of certificates cannot be opened")]
    Acme(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file that tells where networks are.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// Sessions, accounts, or the rules for them.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// Tokens for applications, which cannot be minted.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
