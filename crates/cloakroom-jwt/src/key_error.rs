//! Why a text is no key to sign with.

use cloakroom_core::EntropyError;
use thiserror::Error;

use crate::algorithm::Algorithm;

/// Why there is no key to sign with. Never shows any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not written as a key is.
    #[error("this is no private key in PKCS#8 or a JWK, or it is damaged")]
    Malformed,
    /// It is a key of another algorithm.
    #[error("this is no key for {expected}")]
    OtherAlgorithm {
        /// What was asked for.
        expected: Algorithm,
    },
    /// The public key beside the private one is another's.
    #[error("the private key and the public key beside it do not belong together")]
    Unmatched,
    /// Its octets are text, repeat themselves or count: it was typed, not drawn.
    #[error("the private key is a placeholder; have a new one made")]
    Placeholder,
    /// It is printed in a standard or on a well-known page, so that anyone can sign with it.
    #[error("the key is a printed example; have a new one made")]
    PrintedExample,
    /// The operating system gave no random octets.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
