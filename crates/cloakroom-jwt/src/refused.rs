//! Why a token is refused.

use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::object::Flaw;

/// Why a token is refused. Never shows any of it.
///
/// For the service's own log and metrics. What the caller is told is 401 and `error="invalid_token"` in all cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is longer than any token of ours.
    #[error("the token is too long")]
    TooLong,
    /// It is not three parts with dots between them.
    #[error("the token does not have three parts")]
    NotThreeParts,
    /// Its header cannot be read.
    #[error("the header {0}")]
    Header(Flaw),
    /// It names another algorithm than the configured one, or none.
    #[error("the algorithm is not {expected}")]
    Algorithm {
        /// The algorithm from configuration.
        expected: Algorithm,
    },
    /// It is a JWT of another type.
    #[error("the type is not at+jwt")]
    Type,
    /// It demands an extension; there are none.
    #[error("the header demands an extension")]
    Critical,
    /// It brings a key, or says where to fetch one. Ours never do.
    #[error("the header has `{member}`, which would have the token choose its own key")]
    KeySource {
        /// The member.
        member: &'static str,
    },
    /// It does not say which key signed it.
    #[error("the header names no key")]
    NoKeyId,
    /// The key that it names is none of the configured ones: see [`Refused::may_be_of_a_newer_key`].
    #[error("the key is not in the key set")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
    /// Its claims cannot be read.
    #[error("the payload {0}")]
    Claims(Flaw),
    /// Somebody else minted it.
    #[error("the issuer is another")]
    Issuer,
    /// It is for somebody else.
    #[error("the audience is another")]
    Audience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come: `nbf` or `iat` is in the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// It claims to live for longer than a token may, or ends before it begins.
    #[error("the token claims a lifetime that no token has")]
    Lifetime,
}

impl Refused {
    /// Whether a key set read anew might change the verdict.
    ///
    /// # Security
    /// Anyone can send such a token. Read the set at most once a minute for it, whatever arrives.
    pub const fn may_be_of_a_newer_key(&self) -> bool {
        matches!(self, Self::UnknownKey)
    }
}
