//! Why there are no tokens.

use cloakroom::EntropyError;
use cloakroom_jwt::{KeyError, MintError};
use thiserror::Error;

use crate::accounts::AccountsError;

/// Tokens cannot be minted by this process.
#[derive(Debug, Error)]
pub enum TokensError {
    /// The key could not be published, or what has become of it is not known.
    #[error("the signing key cannot be looked after")]
    Accounts(#[from] AccountsError),
    /// No key could be made.
    #[error("no signing key could be made")]
    Key(#[from] KeyError),
}

/// No token could be minted now.
#[derive(Debug, Error)]
pub(crate) enum TokenError {
    /// Applications might not find the key for as long as they accept the token.
    #[error("the signing key could not be published for some minutes")]
    Unpublished,
    /// The cryptographic library would not sign.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
