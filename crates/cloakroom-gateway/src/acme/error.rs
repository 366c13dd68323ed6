//! What can go wrong on the way to a certificate.

use cloakroom::store::StoreError;
use cloakroom_stores::OpenError;
use thiserror::Error;

/// There is no certificate, or not yet.
#[derive(Debug, Error)]
pub(crate) enum AcmeError {
    /// The ACME server refused, or cannot be reached.
    #[error("the ACME server gave no certificate")]
    Server(#[from] instant_acme::Error),
    /// It offers no challenge that can be met in a handshake.
    #[error("the ACME server offers no tls-alpn-01")]
    NoChallenge,
    /// It did not find its challenge.
    #[error("the ACME server could not verify the host; port 443 of it has to lead here")]
    NotVerified,
    /// It took too long.
    #[error("the ACME server took too long")]
    TimedOut,
    /// A key or a request could not be made.
    #[error("no key could be made")]
    Key(#[from] rcgen::Error),
    /// What it gave, or what is kept, is no certificate with its key.
    #[error("the certificate cannot be used")]
    Unusable,
    /// The tables cannot be used.
    #[error("the database of the accounts failed")]
    Database(#[from] StoreError),
    /// The tables cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The account that is kept cannot be read.
    #[error("the account that is kept cannot be read")]
    Account(#[from] serde_json::Error),
}
